import { resolve } from "node:path";
import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { atMost } from "../cli/positionals.ts";
import { formatNamed, FORMATS } from "../exports/format.ts";
import { withRun } from "../run/opened-run.ts";

export const report: Command = {
  name: "report",
  summary: "write a run as JUnit XML, CTRF, HTML, TAP, GitHub annotations, ...",
  usage: "--format FORMAT [RUN] [FLAG...]",
  details: [
    `Formats:\n${[...FORMATS].map(([name, summary]) => `  ${name.padEnd(15)} ${summary}`).join("\n")}`,
    "A report is a function of the journal, and written as it is read: its size does not matter. A file is complete, or as it was " +
      "before. 3pio run --report FORMAT=PATH writes one at the end of a run.",
  ],
  flags: [
    { name: "format", short: "f", value: "FORMAT", help: "one of the formats above" },
    { name: "output", short: "o", value: "FILE", help: "write to this file; - is standard output (the default)" },
  ],
  examples: [
    { title: "for a CI that reads JUnit XML", command: "3pio report --format junit -o junit.xml" },
    { title: "in a step of GitHub Actions", command: '3pio report -f github-summary -o "$GITHUB_STEP_SUMMARY"' },
  ],
  async run({ flags, rest, cwd }) {
    const [name = "latest"] = atMost(rest, 1);
    const format = formatNamed(flags.get("format"));
    const output = flags.get("output") ?? "-";
    const { EXPORTERS } = await import("../exports/registry.ts");
    const { withPastRuns } = await import("../exports/past-runs.ts");
    const { writeReport } = await import("../exports/written-report.ts");
    await withRun(cwd, name, async (run) => {
      const target = output === "-" ? output : resolve(cwd, output);
      await withPastRuns(cwd, run, format, (past) => writeReport(run, EXPORTERS.get(format)!, target, past));
    });
    return ExitCode.ok;
  },
};
