import type { ByteSink } from "@jn/wire";
import { stripVTControlCharacters } from "node:util";
import { isBad, type Result } from "../model/result.ts";
import { causeOf, type FullRecord, titleOf } from "../model/result-record.ts";
import { putText } from "../put-text.ts";
import type { OpenedRun } from "../run/opened-run.ts";
import { reportedResults, reportRecord } from "./reported-results.ts";

/** GitHub shows so many annotations of each kind of a step, and drops the rest without a word. */
const MAX_EACH = 10;
/** What GitHub shows of one message. */
const MAX_MESSAGE = 4000;

/**
 * Annotations for GitHub Actions, as workflow commands on standard output: failures are errors, flaky tests are warnings. When there
 * are more than GitHub shows, the last one of its kind says how many.
 */
export function exportGithub(run: OpenedRun, sink: ByteSink): void {
  const { overview, integrity } = run.summary;
  const warnings = overview.counts.flaky + (integrity.isWhole ? 0 : 1);
  const errorRoom = roomFor(overview.failuresTotal);
  const warningRoom = roomFor(warnings);
  let [errors, warned] = [0, 0];
  const put = (kind: string, properties: Readonly<Record<string, string>>, message: string): void =>
    putText(sink, workflowCommand(kind, properties, message));
  if (!integrity.isWhole) {
    put("warning", { title: "The journal of this test run is not whole" }, integrity.problems.join("\n"));
    warned++;
  }
  for (const result of reportedResults(run)) {
    if (isBad(result)) {
      if (errors++ < errorRoom) put("error", ...annotation(run, result));
    } else if (result.isFlaky && warned++ < warningRoom) put("warning", ...annotation(run, result));
    if (errors >= errorRoom && warned >= warningRoom && errors >= overview.failuresTotal) break;
  }
  if (overview.failuresTotal > errorRoom) {
    put(
      "error",
      { title: `${overview.failuresTotal - errorRoom} more failures` },
      "They are in the report of the test run.",
    );
  }
  if (warnings > warningRoom) {
    put("warning", { title: `${warnings - warningRoom} more warnings` }, "They are in the report of the test run.");
  }
}

function roomFor(count: number): number {
  return count > MAX_EACH ? MAX_EACH - 1 : MAX_EACH;
}

function annotation(run: OpenedRun, result: Result): [properties: Record<string, string>, message: string] {
  const record = reportRecord(run, result);
  const title = titleOf(record);
  const properties: Record<string, string> = { title: record.flaky ? `flaky: ${title}` : title };
  const [, file, line] = /^(.*?)(?::(\d+))?$/.exec(record.place ?? record.file) ?? [];
  if (file !== undefined && isPath(file)) {
    properties["file"] = file;
    if (line !== undefined) properties["line"] = line;
  }
  return [properties, messageOf(record)];
}

function messageOf(record: FullRecord): string {
  if (record.flaky) return `passed at the attempt number ${record.attempts + 1}`;
  const text = stripVTControlCharacters(record.message ?? causeOf(record) ?? record.status);
  return text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}...` : text;
}

/** Of a package or crate there is no file to annotate. */
function isPath(file: string): boolean {
  return /\.\w+$/.test(file) && !file.startsWith("[");
}

/** `::error file=a.py,line=1::message`, escaped as the runner unescapes it: actions/toolkit, packages/core/src/command.ts. */
function workflowCommand(kind: string, properties: Readonly<Record<string, string>>, message: string): string {
  const shown = Object.entries(properties).map(([name, value]) => `${name}=${propertyText(value)}`);
  return `::${kind} ${shown.join(",")}::${dataText(message)}\n`;
}

function dataText(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function propertyText(text: string): string {
  return dataText(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
