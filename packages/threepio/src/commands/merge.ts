import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { print } from "../cli/console.ts";
import { mergedPart, mergeRuns } from "../run/merged-run.ts";
import { reportedRun } from "../run/reported-run.ts";
import { usageError } from "../threepio-error.ts";

export const merge: Command = {
  name: "merge",
  summary: "make one run of several: the shards or machines of a CI",
  usage: "[LABEL=]RUN...",
  details: [
    "Each RUN is an id, or the path of a run's folder, as a CI brings it along. Their journals are copied into a new run, which has one " +
      "account of all: what is missing in any is missing in it. LABEL= goes before the names of files where the same tests ran on " +
      "several machines.",
    "The exit code is 3 if a journal is not whole, else the first one of the runs that is not 0.",
  ],
  flags: [],
  examples: [
    { title: "four shards", command: "3pio merge artifacts/shard-*" },
    { title: "a matrix", command: "3pio merge linux=artifacts/linux mac=artifacts/mac" },
  ],
  async run({ rest, cwd }) {
    if (rest.length === 0) throw usageError("name the runs to merge; 3pio list shows them");
    const parts = rest.map((text) => mergedPart(cwd, text));
    const folder = await mergeRuns(cwd, parts, new Date());
    const { summary, text } = reportedRun(folder, cwd);
    print(text);
    return summary.integrity.isWhole ? (summary.facts.end?.exitCode ?? ExitCode.badData) : ExitCode.badData;
  },
};
