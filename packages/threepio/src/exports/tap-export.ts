import type { ByteSink } from "@jn/wire";
import { reportedTotal } from "../model/overview.ts";
import { type FullRecord, titleOf } from "../model/result-record.ts";
import { oneLine } from "../reports/markdown.ts";
import { putText } from "../put-text.ts";
import type { OpenedRun } from "../run/opened-run.ts";
import { reportedResults, reportRecord } from "./reported-results.ts";

/**
 * TAP 14 (https://testanything.org/tap-version-14-specification.html), flat: the title has the groups. `xfail` and `todo` are not ok
 * with TODO, `xpass` is ok with TODO: in TAP both do not fail the run.
 */
export function exportTap(run: OpenedRun, sink: ByteSink): void {
  const { overview } = run.summary;
  const count = reportedTotal(overview);
  putText(sink, `TAP version 14\n1..${count}${count === 0 ? " # SKIP no tests" : ""}\n`);
  let number = 0;
  for (const result of reportedResults(run)) putText(sink, point(++number, reportRecord(run, result)));
}

function point(number: number, record: FullRecord): string {
  const { status, reason, flaky } = record;
  const ok = status === "pass" || status === "skip" || status === "xpass" ? "ok" : "not ok";
  const title = escaped(titleOf(record));
  const why = reason === undefined ? "" : ` ${escaped(reason)}`;
  const line = `${ok} ${number} - ${title}${directive(record.status, why)}\n`;
  const isShown = ok === "not ok" || flaky;
  return isShown ? line + diagnostic(record) : line;
}

function directive(status: FullRecord["status"], why: string): string {
  if (status === "skip") return ` # SKIP${why}`;
  if (status === "todo") return ` # TODO${why === "" ? " not implemented" : why}`;
  if (status === "xfail") return ` # TODO expected to fail${why === "" ? "" : `:${why}`}`;
  if (status === "xpass") return ` # TODO passed, and was expected to fail${why === "" ? "" : `:${why}`}`;
  return "";
}

/** YAML, of which JSON is a part. */
function diagnostic({ id, status, flaky, ms, place, message, stack, expected, actual, attempts }: FullRecord): string {
  const fields = {
    id,
    severity: flaky ? "flaky" : status,
    duration_ms: ms,
    at: place,
    message,
    stack,
    expected,
    actual,
    attempts: attempts === 0 ? undefined : attempts,
  };
  const lines = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${name}: ${JSON.stringify(value)}\n`);
  return `  ---\n${lines.join("")}  ...\n`;
}

/** A title cannot begin a directive, nor end the line. */
function escaped(text: string): string {
  const line = oneLine(text).replaceAll(LINE_ENDS, (one) => `\\u${one.charCodeAt(0).toString(16)}`);
  return line.replaceAll("\\", String.raw`\\`).replaceAll("#", String.raw`\#`);
}

/** For some parsers they end a line. */
const LINE_ENDS = /[\u2028\u2029]/g;
