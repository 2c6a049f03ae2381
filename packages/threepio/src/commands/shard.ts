import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { print } from "../cli/console.ts";
import { loadedHistory } from "../queries/loaded-history.ts";
import { shardsOf } from "../queries/sharding.ts";
import { withRun } from "../run/opened-run.ts";
import { usageError } from "../threepio-error.ts";

export const shard: Command = {
  name: "shard",
  summary: "print the test files of one of several shards of the same duration",
  usage: "--index K/N [FILE...] [FLAG...]",
  details: [
    "Prints those of the FILEs, one a line, that are to run on machine K of N; without FILEs, those of all files that ever ran. " +
      "Durations are those recorded: of each file the last one in .3pio/runs, or that of the run --from. A file that never " +
      "ran counts as one of middling length.",
    "All machines have to have the same recorded runs, as a CI can bring them along: then each file is in exactly one shard.",
  ],
  flags: [
    { name: "index", value: "K/N", help: "which shard, from 1, of how many" },
    { name: "from", value: "RUN", help: "take the durations from this run alone" },
  ],
  examples: [
    { title: "the second of four machines", command: "3pio pytest $(3pio shard --index 2/4 tests/test_*.py)" },
  ],
  async run({ flags, rest, cwd }) {
    const [index, count] = indexOf(flags.get("index"));
    const durations = await durationsOf(cwd, flags.get("from"));
    const files = [...new Set(rest.length === 0 ? durations.keys() : rest)];
    if (files.length === 0)
      throw usageError("no file ever ran here; name the files: 3pio shard --index 1/4 tests/*.py");
    const shards = shardsOf(files, durations, count);
    print(files.flatMap((file) => (shards.get(file) === index - 1 ? [`${file}\n`] : [])).join(""));
    return ExitCode.ok;
  },
};

function indexOf(text: string | undefined): readonly [index: number, count: number] {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text ?? "") ?? [];
  if (index !== undefined && Number(index) >= 1 && Number(index) <= Number(count))
    return [Number(index), Number(count)];
  throw usageError(
    `--index is the number of the shard and how many there are, as 1/4${text === undefined ? "" : `, not '${text}'`}`,
  );
}

async function durationsOf(cwd: string, from: string | undefined): Promise<ReadonlyMap<string, number>> {
  if (from !== undefined) {
    return await withRun(
      cwd,
      from,
      ({ collection }) => new Map([...collection.groups()].map(({ name, ms }) => [name, ms ?? 0] as const)),
    );
  }
  const { withHistory } = await loadedHistory();
  const { fileDurations } = await import("../history/file-durations.ts");
  return await withHistory(cwd, fileDurations);
}
