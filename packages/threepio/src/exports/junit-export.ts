import type { ByteSink } from "@jn/wire";
import { type RootGroup, reportedTotal } from "../model/overview.ts";
import type { Result } from "../model/result.ts";
import { type FullRecord, titleOf } from "../model/result-record.ts";
import { rootOfKey } from "../model/test-key.ts";
import { putText } from "../put-text.ts";
import { runMs } from "../reports/run-report.ts";
import type { OpenedRun } from "../run/opened-run.ts";
import { reportedResults, reportRecord } from "./reported-results.ts";
import { xmlAttribute, xmlText } from "./xml-text.ts";

/**
 * JUnit XML as Jenkins reads it (jenkins-junit.xsd): a suite for each file, package or crate, its name in `classname`.
 * What is no test and failed (a part of a test, an error outside of tests) is a test case, too, or nobody would see it.
 * `xfail`, `todo` and `skip` are skipped, `error` and `crashed` errors, `xpass` passed.
 */
export function exportJunit(run: OpenedRun, sink: ByteSink): void {
  const { summary, collection, folder } = run;
  const { counts, errors, subtests } = summary.overview;
  const put = (text: string): void => putText(sink, text);
  const ms = runMs(summary.facts);
  put(
    `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xmlAttribute(folder.id)}" ` +
      `tests="${reportedTotal(summary.overview)}" failures="${counts.fail + subtests[1]}" ` +
      `errors="${counts.error + counts.crashed + errors}"${ms === undefined ? "" : ` time="${seconds(ms)}"`}>\n`,
  );
  const groups = collection.groups();
  let root: string | undefined;
  for (const result of reportedResults(run)) {
    const next = rootOfKey(result.key);
    if (next !== root) {
      if (root !== undefined) put("</testsuite>\n");
      // Groups without a result are there for their time or output only.
      let group = groups.next();
      while (group.done !== true && reportedTotal(group.value) === 0) group = groups.next();
      if (group.done !== true) put(suiteStart(group.value));
      root = next;
    }
    put(testCase(result, reportRecord(run, result)));
  }
  if (root !== undefined) put("</testsuite>\n");
  put("</testsuites>\n");
}

function suiteStart(group: RootGroup): string {
  const { name, counts, subtests, errors, ms } = group;
  const skipped = counts.skip + counts.todo + counts.xfail;
  return (
    `<testsuite name="${xmlAttribute(name)}" tests="${reportedTotal(group)}" failures="${counts.fail + subtests[1]}" ` +
    `errors="${counts.error + counts.crashed + errors}" skipped="${skipped}"${ms === undefined ? "" : ` time="${seconds(ms)}"`}>\n`
  );
}

function testCase(result: Result, record: FullRecord): string {
  const { file, groups, ms, output = [] } = record;
  const name = titleOf({ ...record, file: "", groups: result.kind === "part" ? groups : [] });
  const start =
    `<testcase classname="${xmlAttribute([file, ...groups].join("."))}" name="${xmlAttribute(name)}"` +
    (ms === undefined ? "" : ` time="${seconds(ms)}"`);
  const inner = [outcome(record), streamText("system-out", output, true), streamText("system-err", output, false)].join(
    "",
  );
  return inner === "" ? `${start}/>\n` : `${start}>${inner}</testcase>\n`;
}

function outcome({ status, message, stack, reason, expected, actual }: FullRecord): string {
  switch (status) {
    case "pass":
    case "xpass":
      return "";
    case "skip":
    case "todo":
    case "xfail":
      return `<skipped>${xmlText([status === "skip" ? undefined : status, reason].filter(Boolean).join(": "))}</skipped>`;
    case "fail":
    case "error":
    case "crashed": {
      const element = status === "fail" ? "failure" : "error";
      const values = expected === undefined && actual === undefined ? "" : `\nexpected: ${expected}\nactual: ${actual}`;
      return `<${element} type="${status}" message="${xmlAttribute(message ?? status)}">${xmlText((stack ?? message ?? "") + values)}</${element}>`;
    }
  }
}

/** Everything that is not standard output goes to the other element. */
function streamText(element: string, output: NonNullable<FullRecord["output"]>, isOut: boolean): string {
  const text = output.filter(({ stream }) => (stream === "stdout") === isOut).map((piece) => piece.text);
  return text.length === 0 ? "" : `<${element}>${xmlText(text.join(""))}</${element}>`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(6).replace(/\.?0+$/, "");
}
