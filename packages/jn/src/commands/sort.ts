import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { MEMORY, memoryBytes } from "../cli/memory-flag.ts";
import { fieldList } from "../keys/field-list.ts";
import { SORT_BYTES } from "../runs/external-sort.ts";
import { sortedRecords } from "../stages/sort/sorted-records.ts";
import { throughStage } from "../stages/through-stage.ts";

const PEOPLE = "name,age,city\nAda,36,London\nGrace,,New York\nAlan,41,London\n";

export const sort: Command = {
  name: "sort",
  summary: "sort records by fields",
  usage: "[--by FIELDS] [ADDRESS...]",
  positionals: [0, Number.MAX_SAFE_INTEGER],
  details: [
    "FIELDS are names with commas between them, paths (.user.login), each perhaps with a - before it to sort it descending.\n" +
      "Values sort as in jq: null (and missing), false, true, numbers, text by code point, arrays, objects. Equal records stay\n" +
      "in their order. Records pass with their own bytes.",
    "Holds all records, up to --memory; beyond it they are sorted in runs in a temporary file in TMPDIR.",
  ],
  flags: [
    { name: "by", short: "k", values: ["FIELDS"], help: "sort by these fields (default: by the record as a whole)" },
    { name: "reverse", short: "r", help: "the other way round; equal records stay in their order" },
    { name: "numeric", short: "n", help: "take text that is a number for one" },
    MEMORY,
  ],
  addresses: "read",
  examples: [
    {
      title: "by city, then the oldest first",
      files: { "people.csv": PEOPLE },
      command: "jn sort --by city,-age people.csv",
      output:
        '{"name":"Alan","age":41,"city":"London"}\n{"name":"Ada","age":36,"city":"London"}\n{"name":"Grace","age":null,"city":"New York"}\n',
    },
    { title: "numbers", command: "printf '10\\n9\\n1\\n' | jn sort -r", output: "10\n9\n1\n" },
  ],
  async run({ positionals, flags, context }) {
    const by = flags.text("by");
    const stage = {
      by: by === undefined ? [] : fieldList(by, "--by", { signs: true }),
      isReversed: flags.has("reverse"),
      isNumeric: flags.has("numeric"),
      memoryBytes: memoryBytes(flags, SORT_BYTES),
    };
    await throughStage(positionals, context, (about) => sortedRecords({ ...about, ...stage }));
    return ExitCode.ok;
  },
};
