import type { ByteSink } from "@jn/wire";
import type { RunFacts } from "../model/collector.ts";
import { badTotal, countsText, total, testsText } from "../model/counts.ts";
import type { Detail } from "../model/detail-store.ts";
import type { IntegrityVerdict } from "../model/integrity.ts";
import type { Failure, Overview, RootGroup } from "../model/overview.ts";
import { failureLine } from "./failure-line.ts";
import { block, cellCode, code, duration, linkPath, oneLine } from "./markdown.ts";
import { putText } from "../put-text.ts";
import { reportPath } from "./report-path.ts";
import type { RunState } from "./run-state.ts";

/** Everything that the report of a run says, but for its groups, which are streamed. */
export interface RunSummary {
  readonly state: RunState;
  readonly facts: RunFacts;
  readonly overview: Overview;
  readonly integrity: IntegrityVerdict;
  /** Tests at work. */
  readonly running: readonly (readonly string[])[];
}

/** Writes test-run.md. A function of the journal alone: it names no time but those in it. */
export function writeRunReport(
  summary: RunSummary,
  groups: Iterable<RootGroup>,
  read: (failure: Failure) => Detail | undefined,
  sink: ByteSink,
): void {
  const put = (text: string): void => putText(sink, text);
  put(heading(summary));
  put(failureSection(summary.overview, read));
  put(integritySection(summary.integrity));
  if (summary.running.length > 0) {
    const shown = summary.running.slice(0, MAX_RUNNING).map((path) => `- ${code(path.join(" > "))}\n`);
    put(`## At work\n\n${shown.join("")}\n`);
  }
  put("## Groups\n\n| tests | result | time | group |\n| --: | --- | --: | --- |\n");
  for (const group of groups) put(groupRow(group));
}

/** The run's wall time: 3pio's own measure, or what lies between the first and the last event. */
export function runMs({ end, firstMs, lastMs }: RunFacts): number | undefined {
  if (end !== undefined) return end.ms;
  return firstMs === undefined || lastMs === undefined ? undefined : lastMs - firstMs;
}

const MAX_RUNNING = 50;

function heading({ state, facts, overview }: RunSummary): string {
  const { start, end, runId, runners, firstMs, collected } = facts;
  const ms = runMs(facts);
  const fields: readonly (readonly [string, string | undefined])[] = [
    ["run", runId],
    ["status", state],
    ["runner", runners.length === 0 ? start?.runner : runners.join(", ")],
    ["command", start && JSON.stringify(start.command)],
    ["cwd", start && JSON.stringify(start.cwd)],
    ["started", firstMs === undefined ? undefined : new Date(firstMs).toISOString()],
    ["duration_ms", ms?.toString()],
    ["exit_code", end?.exitCode.toString()],
    ["signal", end?.signal],
    ["interrupted_by", end?.interruptedBy],
    ["collected", collected?.toString()],
    ["verdicts", total(overview.counts).toString()],
  ];
  const matter = fields
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${oneLine(value!)}\n`);
  const { subtests, errors, counts } = overview;
  const more = [
    ...(subtests[0] + subtests[1] > 0 ? [`Parts of tests: ${subtests[1]} failed, ${subtests[0]} passed.`] : []),
    ...(errors > 0 ? [`Errors outside of tests: ${errors}.`] : []),
  ];
  const result =
    badTotal(counts) + errors > 0 ? "failures" : state === "COMPLETED" ? "no failures" : state.toLowerCase();
  return (
    `---\n${matter.join("")}---\n\n# Test run: ${result}\n\n` +
    `${testsText(total(counts))}: ${countsText(counts)}${ms === undefined ? "" : ` in ${duration(ms)}`}.\n` +
    `${more.map((line) => `${line}\n`).join("")}\nWhat the command printed: [output.log](output.log)\n\n`
  );
}

function failureSection({ failures, failuresTotal }: Overview, read: (failure: Failure) => Detail | undefined): string {
  if (failuresTotal === 0) return "";
  const lines = failures.map((failure) => {
    const { name, message, place } = failureLine(failure, read(failure));
    const where = place === undefined ? "" : ` (${code(place)})`;
    const link = `[report](${linkPath(reportPath(failure.path[0]!))})`;
    return `- ${failure.status}: ${code(name)}${where} ${link}\n${message === undefined ? "" : block(message, "  ")}`;
  });
  const rest = failuresTotal - failures.length;
  return `## Failures\n\n${lines.join("")}${rest > 0 ? `\n${rest} more are in the reports of their groups.\n` : ""}\n`;
}

function integritySection({ isWhole, summary, problems, remarks }: IntegrityVerdict): string {
  const list = [...problems, ...remarks].map((problem) => `- ${oneLine(problem)}\n`).join("");
  return `## Journal\n\n${isWhole ? "Whole" : "Not whole"}: ${summary}.\n${list === "" ? "" : `\n${list}`}\n`;
}

function groupRow({ name, counts, errors, ms }: RootGroup): string {
  const result = [...(errors > 0 ? [`${errors} errors`] : []), countsText(counts)].join(", ");
  const link = `[report](${linkPath(reportPath(name))})`;
  return `| ${total(counts)} | ${result} | ${duration(ms)} | ${cellCode(name)} ${link} |\n`;
}
