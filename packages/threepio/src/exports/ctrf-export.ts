import type { ByteSink } from "@jn/wire";
import { VERSION } from "../cli/version.ts";
import type { Status } from "../journal/event.ts";
import { reportedTotal } from "../model/overview.ts";
import { type FullRecord, titleOf, type Try } from "../model/result-record.ts";
import { putText } from "../put-text.ts";
import { runMs } from "../reports/run-report.ts";
import type { OpenedRun } from "../run/opened-run.ts";
import { reportedResults, reportRecord } from "./reported-results.ts";

/** The schema's version that is written; it asks for `testId`, `retryAttempts` and `flaky`. */
const SPEC_VERSION = "0.0.0";

/** CTRF, the Common Test Report Format: https://ctrf.io. A failed part, and an error outside of tests, is a test, too. */
export function exportCtrf(run: OpenedRun, sink: ByteSink): void {
  const { summary, folder } = run;
  const { facts, overview } = summary;
  const { counts, errors, subtests, roots } = overview;
  const start = facts.firstMs ?? 0;
  const ms = Math.round(runMs(facts) ?? 0);
  const [name = "3pio", version] = (facts.runners[0] ?? facts.start?.runner ?? "3pio").split(/ (?=[^ ]*$)/);
  const head = {
    reportFormat: "CTRF",
    specVersion: SPEC_VERSION,
    runId: folder.id,
    ...(start === 0 ? {} : { timestamp: new Date(start + ms).toISOString() }),
    generatedBy: `3pio ${VERSION}`,
    results: {
      tool: { name, ...(version === undefined ? {} : { version }) },
      summary: {
        tests: reportedTotal(overview),
        passed: counts.pass + counts.xpass,
        failed: counts.fail + counts.error + counts.crashed + errors + subtests[1],
        skipped: counts.skip,
        pending: counts.todo,
        other: counts.xfail,
        flaky: counts.flaky,
        suites: roots,
        start,
        stop: start + ms,
        duration: ms,
      },
      extra: { state: summary.state, whole: summary.integrity.isWhole, journal: summary.integrity.summary },
    },
  };
  putText(sink, `${JSON.stringify(head).slice(0, -2)},"tests":[`);
  let separator = "\n";
  for (const result of reportedResults(run)) {
    putText(sink, `${separator}${JSON.stringify(ctrfTest(reportRecord(run, result)))}`);
    separator = ",\n";
  }
  putText(sink, "\n]}}\n");
}

const STATUS: Readonly<Record<Status, string>> = {
  pass: "passed",
  xpass: "passed",
  fail: "failed",
  error: "failed",
  crashed: "failed",
  skip: "skipped",
  todo: "pending",
  xfail: "other",
};

function ctrfTest(record: FullRecord): object {
  const { id, status, ms = 0, ended, file, groups, message, reason, stack, place, attempts, flaky, worker } = record;
  const [, line] = /:(\d+)$/.exec(place ?? "") ?? [];
  const said = message ?? reason;
  return {
    testId: id,
    // The schema wants a name.
    name: titleOf(record) || id,
    status: STATUS[status],
    rawStatus: status,
    duration: Math.round(ms),
    ...(ended === undefined ? {} : { start: ended - Math.round(ms), stop: ended }),
    suite: [file, ...groups],
    filePath: file,
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(said === undefined ? {} : { message: said }),
    ...(stack === undefined ? {} : { trace: stack }),
    ...(flaky ? { flaky } : {}),
    ...(attempts === 0 ? {} : { retries: attempts, retryAttempts: (record.tries ?? []).map(attempt) }),
    ...streams(record.output),
    threadId: worker,
    ...(record.kind === "test" ? {} : { type: record.kind }),
    ...(record.expected === undefined && record.actual === undefined
      ? {}
      : { extra: { expected: record.expected, actual: record.actual } }),
  };
}

function attempt({ status, ms, message, stack, output }: Try, index: number): object {
  return {
    attempt: index + 1,
    status: STATUS[status],
    ...(ms === undefined ? {} : { duration: Math.round(ms) }),
    ...(message === undefined ? {} : { message }),
    ...(stack === undefined ? {} : { trace: stack }),
    ...streams(output),
  };
}

function streams(output: FullRecord["output"]): object {
  const lines = (isOut: boolean): string[] =>
    (output ?? [])
      .filter(({ stream }) => (stream === "stdout") === isOut)
      .flatMap(({ text }) => text.replace(/\n$/, "").split("\n"));
  const [stdout, stderr] = [lines(true), lines(false)];
  return { ...(stdout.length === 0 ? {} : { stdout }), ...(stderr.length === 0 ? {} : { stderr }) };
}
