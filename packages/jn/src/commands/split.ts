import { ByteSink, ExitCode, pumpChunks } from "@jn/wire";
import { type RecordOutlet, recordOutlet } from "../address/record-outlet.ts";
import { discardingOnFailure, inputFor } from "../address/records-out.ts";
import type { Flags } from "../cli/arguments.ts";
import type { Command, RecordContext } from "../cli/command.ts";
import { usageError } from "../jn-error.ts";
import { type Field, fieldList } from "../keys/field-list.ts";
import { splitRecords } from "../stages/split/split-records.ts";

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
    const { by, count } = wayOf(flags);
    if (!pattern.includes("{}")) throw usageError(`${pattern}: {} must stand where the names of the files differ`);
    const outlets = new Map<string, RecordOutlet>();
    await discardingOnFailure(
      { [Symbol.iterator]: () => outlets.values() },
      async () => await splitInto(outlets, pattern, { by, count, mostFiles: flags.count("max-files", 500) }, context),
    );
    return ExitCode.ok;
  },
};

interface Way {
  readonly by: readonly Field[];
  readonly count: number;
  readonly mostFiles: number;
}

async function splitInto(
  outlets: Map<string, RecordOutlet>,
  pattern: string,
  { by, count, mostFiles }: Way,
  context: RecordContext,
): Promise<void> {
  /** Records of parts whose files are not open yet. */
  const waiting: (readonly [part: string, line: Buffer])[] = [];
  const stage = splitRecords({
    ...context,
    source: "standard input",
    by,
    count,
    put(part, line) {
      const outlet = outlets.get(part);
      if (outlet === undefined || waiting.length > 0) waiting.push([part, Buffer.from(line)]);
      else outlet.push(line);
    },
  });
  const nowhere = new ByteSink(() => undefined);
  const settle = async (): Promise<void> => {
    for (const [part, line] of waiting) {
      let outlet = outlets.get(part);
      if (outlet === undefined) {
        // Pieces come one after the other: the one before is complete.
        if (outlets.size === mostFiles)
          throw usageError(`that makes more than ${mostFiles} files; make them larger, or raise --max-files`);
        if (by.length === 0) await [...outlets.values()].at(-1)?.end();
        outlet = await recordOutlet(pattern.replaceAll("{}", part), context, { makesFolder: true });
        outlets.set(part, outlet);
      }
      outlet.push(line);
    }
    waiting.length = 0;
  };
  async function* settled(): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of inputFor("every file")) {
      yield chunk;
      await settle();
    }
  }
  await pumpChunks(settled(), stage, nowhere);
  await settle();
  const ended = [...outlets.values()];
  for (const outlet of by.length === 0 ? ended.slice(-1) : ended) await outlet.end();
  for (const outlet of ended) outlet.commit();
}

function wayOf(flags: Flags): { readonly by: readonly Field[]; readonly count: number } {
  const by = flags.text("by");
  if ((by === undefined) === (flags.text("lines") === undefined))
    throw usageError("say one of --by FIELDS and --lines N");
  const count = flags.count("lines", 1);
  if (count === 0) throw usageError("--lines must be 1 or more");
  return { by: by === undefined ? [] : fieldList(by, "--by"), count };
}
