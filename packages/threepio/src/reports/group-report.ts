import type { ByteSink } from "@jn/wire";
import { BAD_STATUSES, type TestEnd, type TestError } from "../journal/event.ts";
import { countsText } from "../model/counts.ts";
import type { Detail, DetailStore } from "../model/detail-store.ts";
import type { Entry } from "../model/entry.ts";
import type { RootGroup } from "../model/overview.ts";
import { groupOfKey, nameOfKey, pathOfKey } from "../model/test-key.ts";
import type { Remark, Verdict } from "../model/verdicts.ts";
import { block, code, duration } from "./markdown.ts";
import { putText } from "../put-text.ts";

export interface GroupReportOptions {
  readonly details: DetailStore;
  /** The command that runs a test again, as one types it. */
  readonly again: (writer: string, path: readonly string[]) => string | undefined;
}

/** Writes the report of one root group, item by item as they come in order. */
export class GroupReport {
  readonly #sink: ByteSink;
  readonly #details: DetailStore;
  readonly #again: GroupReportOptions["again"];
  #group = "";

  constructor(group: RootGroup, sink: ByteSink, { details, again }: GroupReportOptions) {
    this.#sink = sink;
    this.#details = details;
    this.#again = again;
    const { name, counts, subtests, errors, ms } = group;
    const parts = [
      countsText(counts),
      ...(subtests[0] + subtests[1] > 0 ? [`parts of tests: ${subtests[1]} failed, ${subtests[0]} passed`] : []),
      ...(errors > 0 ? [`errors outside of tests: ${errors}`] : []),
      ...(ms === undefined ? [] : [duration(ms)]),
    ];
    this.#put(`# ${code(name)}\n\n${parts.join("; ")}\n\n`);
  }

  add(item: Verdict | Remark): void {
    if (item.kind === "remark" && item.entry.kind === "group") return;
    const group = groupOfKey(item.key);
    if (group !== this.#group) {
      this.#group = group;
      const names = pathOfKey(item.key).slice(1, -1);
      if (names.length > 0) this.#put(`\n## ${names.map(code).join(" > ")}\n\n`);
    }
    if (item.kind === "test") this.#test(item, nameOfKey(item.key));
    else this.#remark(item.entry, nameOfKey(item.key));
  }

  #test({ status, occurrence, entry, attempts, isFlaky }: Verdict, name: string): void {
    const again = occurrence === 0 ? "" : ` (${occurrence + 1})`;
    const time = entry.ms === undefined ? "" : ` ${duration(entry.ms)}`;
    const word = isFlaky ? "flaky" : status;
    this.#put(`- ${MARKS[status]} ${word}: ${code(name)}${again}${time}\n`);
    const command = BAD_STATUSES.has(status) ? this.#again(entry.writer, pathOfKey(entry.key)) : undefined;
    if (command !== undefined) this.#put(`  Again: ${code(command)}\n`);
    if (status === "crashed") this.#put("  It started, and never ended: its process died, or it was interrupted.\n");
    for (const [index, attempt] of attempts.entries()) {
      const took = attempt.ms === undefined ? "" : ` ${duration(attempt.ms)}`;
      this.#put(`  Attempt ${index + 1}: ${attempt.status ?? "error"}${took}\n`);
      this.#detail(attempt);
    }
    this.#detail(entry);
  }

  #remark(entry: Entry, name: string): void {
    if (entry.kind === "subtest") {
      const status = entry.status ?? "error";
      this.#put(
        `- ${MARKS[status]} ${status}: part ${code(name)}${entry.ms === undefined ? "" : ` ${duration(entry.ms)}`}\n`,
      );
    }
    this.#detail(entry);
  }

  #detail(entry: Entry): void {
    if (entry.detail === undefined) return;
    const detail = this.#details.read(entry.detail);
    if (detail !== undefined) this.#put(detailText(detail));
  }

  #put(text: string): void {
    putText(this.#sink, text);
  }
}

const MARKS: Readonly<Record<string, string>> = {
  pass: "✓",
  fail: "✕",
  error: "✕",
  crashed: "✕",
  skip: "○",
  todo: "○",
  xfail: "✓",
  xpass: "!",
};

function detailText(detail: Detail): string {
  if (detail.type === "output") return `Output (${detail.stream}):\n\n${block(detail.text)}\n`;
  if (detail.type === "group.error") {
    return `- ✕ error in ${code(detail.phase)}\n${errorText(detail.error)}${outputText(detail.output)}`;
  }
  return `${reasonText(detail)}${errorText(detail.error)}${outputText(detail.output)}`;
}

function reasonText({ reason }: TestEnd): string {
  return reason === undefined || reason === "" ? "" : `  Reason: ${code(reason)}\n`;
}

function errorText(error: TestError | undefined): string {
  if (error === undefined) return "";
  const { message, stack, expected, actual, file, line } = error;
  const place = file === undefined || line === undefined ? "" : `  At ${code(`${file}:${line}`)}\n`;
  // A stack often begins with the message.
  const text = stack === undefined ? message : stack.includes(message) ? stack : `${message}\n\n${stack}`;
  const values = expected === undefined && actual === undefined ? "" : `expected: ${expected}\nactual: ${actual}`;
  return `${place}${block(text, "  ")}${values === "" ? "" : block(values, "  ")}`;
}

function outputText(output: TestEnd["output"]): string {
  return (output ?? []).map(({ stream, text }) => `  Output (${stream}):\n${block(text, "  ")}`).join("");
}
