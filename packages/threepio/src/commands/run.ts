import { relative } from "node:path";
import { isatty } from "node:tty";
import type { Command } from "../cli/command.ts";
import { print } from "../cli/console.ts";
import { RUNNER_FLAG } from "../cli/flag.ts";
import { DURABILITIES, type Durability } from "../journal/event.ts";
import { total } from "../model/counts.ts";
import { formatNamed, type RequestedReport } from "../exports/format.ts";
import { consoleSummary } from "../reports/console-summary.ts";
import { lastOutput } from "../reports/last-output.ts";
import { batchSize } from "../run/batch-size.ts";
import { planOf } from "../run/plan.ts";
import { guarded } from "../run/guarded.ts";
import { recordRun } from "../run/recorded-run.ts";
import { usageError } from "../threepio-error.ts";

export const run: Command = {
  name: "run",
  summary: "run a test command and report on it (the default)",
  usage: "[FLAG...] [--] COMMAND...",
  details: [
    "Starts the command as it is, with a reporter beside its own, and reads what that writes to the run's journal. What the " +
      "command prints is in output.log; at the end the failures, the counts and the journal's account are printed.",
  ],
  takesCommand: true,
  flags: [
    RUNNER_FLAG,
    {
      name: "junit",
      value: "PATH",
      help: "read the JUnit XML that the command writes to this file or folder, at its end",
    },
    {
      name: "report",
      value: "FORMAT=PATH,...",
      help: "also write these reports at the end: junit=out.xml,html=out.html; formats as of 3pio report",
    },
    {
      name: "durability",
      value: "WHEN",
      values: DURABILITIES,
      help: "when events are forced to disk: event, interval (default), end, none",
    },
  ],
  examples: [
    { title: "the tests of a package, whatever its test script runs", command: "3pio npm test" },
    { title: "some tests of pytest", command: "3pio pytest tests/unit -x" },
  ],
  async run({ flags, rest, cwd, env }) {
    if (rest.length === 0) throw usageError("there is no command; for example: 3pio pytest");
    const batch = batchSize(env);
    const reports = requestedReports(flags.get("report"));
    const plan = planOf(rest, { cwd, env, runner: flags.get("runner") });
    const { folder, exitCode, summary, collection } = await recordRun(plan, {
      typed: rest,
      cwd,
      durability: (flags.get("durability") as Durability | undefined) ?? "interval",
      batch,
      isTerminal: isatty(1),
      junit: flags.get("junit"),
    });
    if (summary !== undefined) {
      // Why there are no results usually stands in what the command printed.
      if (exitCode !== 0 && total(summary.overview.counts) === 0 && summary.overview.failuresTotal === 0) {
        for (const line of guarded("read the output", () => lastOutput(folder.path)) ?? []) print(`  | ${line}\n`);
      }
      const reportPath = relative(cwd, `${folder.path}/test-run.md`);
      print(consoleSummary(summary, { reportPath, describe: (failure) => collection.describe(failure) }));
    }
    try {
      if (summary !== undefined && reports.length > 0) {
        const { writeReports } = await import("../exports/requested-reports.ts");
        await writeReports({ folder, summary, collection }, reports, cwd);
      }
    } finally {
      collection.close();
    }
    return exitCode;
  },
};

/** @throws ThreepioError `USAGE` */
function requestedReports(text: string | undefined): readonly RequestedReport[] {
  return (text?.split(",") ?? []).map((request) => {
    const [format, ...path] = request.split("=");
    if (path.length === 0 || path.join("=") === "") {
      throw usageError(`--report takes FORMAT=PATH, as junit=out.xml, not '${request}'`);
    }
    return { format: formatNamed(format), path: path.join("=") };
  });
}
