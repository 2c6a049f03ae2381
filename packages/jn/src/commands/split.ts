import { ExitCode } from "@jn/wire";
import { inputFor } from "../address/records-out.ts";
import type { Flags } from "../cli/arguments.ts";
import type { Command } from "../cli/command.ts";
import { usageError } from "../jn-error.ts";
import { type Field, fieldList } from "../keys/field-list.ts";
import { MOST_FILES, splitInto } from "../stages/split/split-files.ts";

export const split: Command = {
  name: "split",
  summary: "write records to several files, by a field or by number",
  usage: "(--by FIELDS | --lines N) ADDRESS",
  positionals: [1, 1],
  details: [
    "Reads NDJSON from standard input. The {} in ADDRESS, which can be of any format that is written, stands for the values of FIELDS\n" +
      "(with - between them), or for the number of the file (1, 2, ...). What cannot be in a file name is written as %2F.",
    "Files appear when all is written; if anything fails, all stay as they were. All files are open at the same time,\n" +
      "and take 64 KiB each.",
  ],
  flags: [
    { name: "by", short: "k", values: ["FIELDS"], help: "a file for each combination of values of these fields" },
    { name: "lines", short: "n", values: ["N"], help: "files of N records each" },
    { name: "max-files", values: ["N"], help: "most files (default 500); more is an error" },
  ],
  addresses: "write",
  examples: [
    {
      title: "a file a city",
      files: { "people.csv": "name,city\nAda,London\nGrace,New York\nAlan,London\n" },
      command: "jn cat people.csv | jn split --by city 'by-{}.csv' && cat by-London.csv",
      output: "name,city\nAda,London\nAlan,London\n",
    },
    {
      title: "pieces",
      command: "seq 5 | jn split -n 2 'part-{}.json' && cat part-3.json",
      output: "[\n5\n]\n",
    },
  ],
  async run({ positionals, flags, context }) {
    const [pattern = ""] = positionals;
    const way = wayOf(flags);
    await splitInto(
      pattern,
      { ...way, mostFiles: flags.count("max-files", MOST_FILES) },
      context,
      inputFor("every file"),
    );
    return ExitCode.ok;
  },
};

function wayOf(flags: Flags): { readonly by: readonly Field[]; readonly count: number } {
  const by = flags.text("by");
  if ((by === undefined) === (flags.text("lines") === undefined))
    throw usageError("say one of --by FIELDS and --lines N");
  const count = flags.count("lines", 1);
  if (count === 0) throw usageError("--lines must be 1 or more");
  return { by: by === undefined ? [] : fieldList(by, "--by"), count };
}
