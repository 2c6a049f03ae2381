import { countsText, total, testsText } from "../model/counts.ts";
import type { Failure } from "../model/overview.ts";
import type { FailureLine } from "./failure-line.ts";
import { duration, oneLine } from "./markdown.ts";
import { runMs, type RunSummary } from "./run-report.ts";

/** How many failures are shown by name. */
const MAX_SHOWN = 20;

export interface SummaryOptions {
  /** The report's path, as it is shown. */
  readonly reportPath: string;
  /** Message and place of a failure. */
  readonly describe: (failure: Failure) => FailureLine;
}

/** What is printed at the end: failures by name, the counts, the journal's account, and where the report is. */
export function consoleSummary(summary: RunSummary, options: SummaryOptions): string {
  const { overview, facts, integrity, state } = summary;
  const { failures, failuresTotal, counts, errors, subtests } = overview;
  const lines: string[] = [];
  for (const failure of failures.slice(0, MAX_SHOWN)) {
    const { name, message, place } = options.describe(failure);
    lines.push(`${failure.status.toUpperCase()} ${oneLine(name)}${place === undefined ? "" : ` (${oneLine(place)})`}`);
    if (message !== undefined && message !== "") lines.push(`  ${oneLine(message)}`);
  }
  if (failuresTotal > MAX_SHOWN) lines.push(`... and ${failuresTotal - MAX_SHOWN} more, see the report`);
  const more = [
    ...(subtests[0] + subtests[1] > 0 ? [`; parts of tests: ${subtests[1]} failed, ${subtests[0]} passed`] : []),
    ...(errors > 0 ? [`; errors outside of tests: ${errors}`] : []),
  ].join("");
  const ms = runMs(facts);
  const end = facts.end;
  const status =
    state === "COMPLETED"
      ? `exit code ${end?.exitCode}`
      : `${state} ${end?.interruptedBy ?? end?.signal ?? ""}`.trimEnd();
  if (facts.runners.length === 0 && total(counts) === 0) {
    lines.push("no test runner reported; see what the command printed, and 3pio explain for what was tried");
  }
  lines.push(
    `${testsText(total(counts))}: ${countsText(counts)}${more}${ms === undefined ? "" : `; ${duration(ms)}`}; ${status}`,
  );
  lines.push(`journal ${integrity.isWhole ? "whole" : "NOT WHOLE"}: ${integrity.summary}`);
  lines.push(...[...integrity.problems, ...integrity.remarks].map((problem) => `  ${oneLine(problem)}`));
  lines.push(`report: ${options.reportPath}`);
  return `${lines.join("\n")}\n`;
}
