import type { ByteSink } from "@jn/wire";
import { type Counts, countsText, total, testsText } from "../model/counts.ts";
import { causeOf, titleOf } from "../model/result-record.ts";
import { type FailureCluster, failureClusters } from "../queries/failure-clusters.ts";
import { ownFrames } from "../queries/top-frame.ts";
import { slowest } from "../queries/slowest.ts";
import { block, cellCode, code, duration } from "../reports/markdown.ts";
import { putText } from "../put-text.ts";
import { runMs } from "../reports/run-report.ts";
import type { OpenedRun } from "../run/opened-run.ts";
import { isBad } from "../model/result.ts";
import { reportRecord } from "./reported-results.ts";

/** A comment on a pull request may have so many characters. */
const MAX_COMMENT = 65_536;
/** A step summary may have a mebibyte. */
const MAX_SUMMARY = 1024 * 1024;

/** Markdown for a comment on a pull request. */
export function exportMarkdown(run: OpenedRun, sink: ByteSink): void {
  writeWithin(MAX_COMMENT, run, sink);
}

/** Markdown for the summary of a step of GitHub Actions. */
export function exportStepSummary(run: OpenedRun, sink: ByteSink): void {
  writeWithin(MAX_SUMMARY, run, sink);
}

/** The result, failures by cause, flaky and slow tests. What does not fit into `maxBytes` is counted. */
function writeWithin(maxBytes: number, run: OpenedRun, sink: ByteSink): void {
  const { summary } = run;
  let room = maxBytes - REST_BYTES;
  const put = (text: string): boolean => {
    const length = Buffer.byteLength(text);
    if (length > room) return false;
    room -= length;
    putText(sink, text);
    return true;
  };
  put(heading(run));
  const { clusters, failures } = failureClusters(run);
  if (failures > 0) put(`### Failures\n\n`);
  let left = failures;
  for (const cluster of clusters) {
    if (!put(clusterText(cluster)) && !put(clusterLine(cluster))) break;
    left -= cluster.count;
  }
  if (left > 0) putText(sink, `\n... and ${left} more failures, which do not fit here.\n`);
  if (summary.overview.counts.flaky > 0) put(flakyText(run));
  const slow = slowest(run.collection.results(), SLOWEST).map((result) => reportRecord(run, result));
  if (slow.length > 0) {
    const rows = slow.map((record) => `| ${duration(record.ms)} | ${cellCode(cut(titleOf(record)))} |\n`).join("");
    put(`\n<details><summary>Slowest tests</summary>\n\n| time | test |\n| --: | --- |\n${rows}\n</details>\n`);
  }
}

const REST_BYTES = 200;
const SLOWEST = 10;
const MAX_FLAKY = 20;

function heading({ summary, folder }: OpenedRun): string {
  const { overview, facts, state, integrity } = summary;
  const { counts, errors, subtests } = overview;
  const bad = overview.failuresTotal > 0 || state !== "COMPLETED" || (facts.end?.exitCode ?? 0) !== 0;
  const ms = runMs(facts);
  const shown = (["pass", "fail", "error", "crashed", "skip", "todo", "xfail", "xpass", "flaky"] as const).filter(
    (status: keyof Counts) => counts[status] > 0,
  );
  const more = [
    ...(errors > 0 ? [`Errors outside of tests: ${errors}.`] : []),
    ...(subtests[1] > 0 ? [`Parts of tests that failed: ${subtests[1]}.`] : []),
    ...(integrity.isWhole ? [] : [`**The journal is not whole**: ${integrity.problems.map(code).join("; ")}.`]),
  ];
  return (
    `## ${bad ? "❌" : "✅"} ${testsText(total(counts))}: ${countsText(counts)}${ms === undefined ? "" : ` in ${duration(ms)}`}\n\n` +
    `| ${["tests", ...shown].join(" | ")} |\n|${" --: |".repeat(shown.length + 1)}\n` +
    `| ${[total(counts), ...shown.map((status) => counts[status])].join(" | ")} |\n\n` +
    more.map((line) => `${line}\n\n`).join("") +
    `Run ${code(folder.id)}, ${state.toLowerCase()}${facts.start === undefined ? "" : `: ${code(facts.start.command.join(" "))}`}\n\n`
  );
}

function clusterLine({ count, first, frame }: FailureCluster): string {
  const where = frame === undefined ? "" : ` at ${code(cut(frame))}`;
  return `- ${count === 1 ? "" : `**${count} times** `}${code(cut(titleOf(first)))}${where}\n`;
}

function clusterText(cluster: FailureCluster): string {
  const { first, others, count, again } = cluster;
  const text = first.stack === undefined ? (first.message ?? causeOf(first)) : ownFrames(first.stack);
  const names = others.map((other) => `  - ${code(cut(titleOf(other)))}\n`).join("");
  const more = count - 1 - others.length;
  return (
    `${clusterLine(cluster)}${names}${more > 0 ? `  - ... and ${more} more\n` : ""}` +
    `${again === undefined ? "" : `  Again: ${code(again)}\n`}${text === undefined ? "" : `\n${block(text.slice(0, MAX_TEXT), "  ")}`}\n`
  );
}

function flakyText(run: OpenedRun): string {
  const lines: string[] = [];
  for (const result of run.collection.results()) {
    if (!result.isFlaky || isBad(result)) continue;
    if (lines.length === MAX_FLAKY) {
      lines.push(`- ... and ${run.summary.overview.counts.flaky - MAX_FLAKY} more\n`);
      break;
    }
    lines.push(`- ${code(cut(titleOf(reportRecord(run, result))))}\n`);
  }
  return `\n### Flaky\n\n${lines.join("")}`;
}

const MAX_TEXT = 3000;
const MAX_TITLE = 300;

function cut(text: string): string {
  return text.length > MAX_TITLE ? `${text.slice(0, MAX_TITLE)}...` : text;
}
