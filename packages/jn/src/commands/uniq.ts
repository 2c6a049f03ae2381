import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { MEMORY, memoryBytes } from "../cli/memory-flag.ts";
import { fieldList } from "../keys/field-list.ts";
import { SORT_BYTES } from "../runs/external-sort.ts";
import { throughStage } from "../stages/through-stage.ts";
import { uniqueRecords } from "../stages/uniq/unique-records.ts";

export const uniq: Command = {
  name: "uniq",
  summary: "pass on the first record of each kind",
  usage: "[--by FIELDS] [ADDRESS...]",
  positionals: [0, Number.MAX_SAFE_INTEGER],
  details: [
    "Records are of the same kind when the values of FIELDS are the same (1 and 1.0 are); without --by, when their bytes are.\n" +
      "The order stays, and records pass with their own bytes.",
    "Remembers each kind, up to --memory, and passes records on as they come; beyond it, new kinds wait for the end of the\n" +
      "input in a temporary file in TMPDIR. With --adjacent it remembers one record.",
  ],
  flags: [
    { name: "by", short: "k", values: ["FIELDS"], help: "names or paths of fields, with commas between them" },
    { name: "adjacent", short: "a", help: "compare each record with the one before it only, as for sorted records" },
    MEMORY,
  ],
  addresses: "read",
  examples: [
    {
      title: "one record a city",
      files: { "people.csv": "name,city\nAda,London\nAlan,London\nGrace,New York\n" },
      command: "jn uniq --by city people.csv",
      output: '{"name":"Ada","city":"London"}\n{"name":"Grace","city":"New York"}\n',
    },
    { title: "whole records", command: "printf '1\\n2\\n1\\n' | jn uniq", output: "1\n2\n" },
  ],
  async run({ positionals, flags, context }) {
    const by = flags.text("by");
    const stage = {
      by: by === undefined ? [] : fieldList(by, "--by"),
      isAdjacent: flags.has("adjacent"),
      memoryBytes: memoryBytes(flags, SORT_BYTES),
    };
    await throughStage(positionals, context, (about) => uniqueRecords({ ...about, ...stage }));
    return ExitCode.ok;
  },
};
