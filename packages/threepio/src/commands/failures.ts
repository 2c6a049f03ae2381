import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { print } from "../cli/console.ts";
import { atMost, countOf, JSON_FLAG } from "../cli/positionals.ts";
import { failureClusters } from "../queries/failure-clusters.ts";
import { failureDigest } from "../queries/failure-digest.ts";
import { withRun } from "../run/opened-run.ts";

export const failures: Command = {
  name: "failures",
  summary: "show what failed and why, failures of the same cause once",
  usage: "[RUN] [FLAG...]",
  details: [
    "Failures are of the same cause when their messages are the same but for numbers, paths and quoted values, and the first " +
      "frame of their stacks that is the project's own is the same. The most frequent causes come first. Every cause has its " +
      "line before any has its stack, and nothing is longer than --budget: it fits into an agent's context.",
    "With --json an object: failures, clusters (count, frame, first, again, others), beyond. The exit code is 0, also when " +
      "there are failures.",
  ],
  flags: [{ name: "budget", value: "CHARACTERS", help: "print at most so many characters (8000)" }, JSON_FLAG],
  examples: [
    { title: "of the last run", command: "3pio failures" },
    { title: "for a small context", command: "3pio failures --budget 2000" },
  ],
  async run({ flags, rest, cwd }) {
    const [name = "latest"] = atMost(rest, 1);
    const budget = countOf(flags, "budget", 8000);
    await withRun(cwd, name, (run) => {
      const clusters = failureClusters(run);
      print(
        flags.has("json")
          ? `${JSON.stringify({ run: run.folder.id, ...clusters })}\n`
          : failureDigest(clusters, budget),
      );
    });
    return ExitCode.ok;
  },
};
