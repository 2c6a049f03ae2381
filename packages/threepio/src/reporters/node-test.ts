// The reporter for Node's own test runner: node --test --test-reporter=node-test.cjs --test-reporter-destination=stdout.
// It writes nothing to its destination.
import { basename } from "node:path";
import type { Status, TestError } from "../journal/event.ts";
import { placeInStack, readableError, shownValue } from "./error-values.ts";
import { harmless } from "./harmless.ts";
import { type Reporting, startReporting } from "./segment-writer.ts";

/** The part of node:test's events that we read; see "Class: TestsStream" in its documentation. */
interface NodeEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly nesting?: number;
    readonly file?: string;
    readonly line?: number;
    readonly skip?: boolean | string;
    readonly todo?: boolean | string;
    readonly message?: string;
    readonly details?: {
      readonly duration_ms?: number;
      readonly type?: string;
      readonly error?: NodeError;
    };
  };
}

interface NodeError extends Error {
  readonly failureType?: string;
  readonly cause?: unknown;
}

export default async function* nodeTestReporter(events: AsyncIterable<NodeEvent>): AsyncGenerator<string, void> {
  const reporting = harmless("node:test", () => startReporting("node:test", process.versions.node));
  if (reporting === undefined) {
    // The runner waits until its events are taken.
    for await (const { type } of events) if (type === "") break;
    return;
  }
  const report = new NodeTestReport(reporting);
  for await (const event of events) harmless(`node:test's event '${event.type}'`, () => report.take(event));
  harmless("the end of the run", () => report.end());
  yield "";
}

class NodeTestReport {
  readonly #reporting: Reporting;
  /** Names of the tests that are being reported, the outermost first. node:test reports one file after the other. */
  readonly #reported: string[] = [];
  /** The same for tests that are being executed, which goes ahead of reporting; by file. */
  readonly #executed = new Map<string, string[]>();
  readonly #totals = new Map<string, number>();

  constructor(reporting: Reporting) {
    this.#reporting = reporting;
  }

  take({ type, data }: NodeEvent): void {
    const { writer } = this.#reporting;
    const { name = "", nesting = 0, file } = data;
    switch (type) {
      case "test:dequeue": {
        if (isFile(data)) return;
        const names = this.#executed.get(file ?? "") ?? [];
        names.splice(nesting, names.length, name);
        this.#executed.set(file ?? "", names);
        writer.write({ type: "test.start", path: [this.#root(file), ...names], maybeGroup: true });
        return;
      }
      case "test:start":
        this.#reported.splice(nesting, this.#reported.length, name);
        return;
      case "test:pass":
      case "test:fail":
        this.#ended(type === "test:pass", data);
        return;
      case "test:stdout":
      case "test:stderr":
        writer.write({ type: "output", path: [this.#root(file)], stream: type.slice(5), text: data.message ?? "" });
        return;
      case "test:diagnostic":
        this.#diagnostic(nesting, data.message ?? "");
    }
  }

  end(): void {
    const { writer } = this.#reporting;
    const total = (name: string): number => this.#totals.get(name) ?? 0;
    if (this.#totals.has("pass")) {
      const counts = {
        pass: total("pass"),
        fail: total("fail") + total("cancelled"),
        skip: total("skipped"),
        todo: total("todo"),
      };
      writer.write({ type: "totals", counts });
      writer.write({ type: "collected", count: total("tests") });
    }
    writer.close();
  }

  #ended(hasPassed: boolean, data: NodeEvent["data"]): void {
    const { writer, shownFile } = this.#reporting;
    const { name = "", nesting = 0, file, line, skip, todo, details } = data;
    const root = this.#root(file);
    const names = isFile(data) ? [basename(name)] : [...this.#reported.slice(0, nesting), name];
    const path = [root, ...names];
    const ms = details?.duration_ms;
    if (details?.type === "suite") {
      const error = details.error;
      // A suite whose tests failed has not failed itself.
      if (!hasPassed && error !== undefined && error.failureType !== "subtestsFailed") {
        writer.write({ type: "group.error", path, phase: error.failureType ?? "suite", error: this.#error(error) });
      }
      writer.write({ type: "group.end", path, ms });
      return;
    }
    const status: Status = isSet(skip) ? "skip" : isSet(todo) ? "todo" : hasPassed ? "pass" : "fail";
    const reason = typeof skip === "string" ? skip : typeof todo === "string" ? todo : undefined;
    const error = details?.error === undefined ? undefined : this.#error(details.error);
    writer.write({
      type: "test.end",
      path,
      status,
      ms,
      ...(error === undefined ? {} : { error }),
      ...(reason === undefined ? {} : { reason }),
      ...(error === undefined || file === undefined ? {} : { file: shownFile(file), line }),
    });
  }

  #diagnostic(nesting: number, message: string): void {
    const [, name, count] = /^(tests|pass|fail|cancelled|skipped|todo) (\d+)$/.exec(message) ?? [];
    if (nesting === 0 && name !== undefined) this.#totals.set(name, Number(count));
  }

  /** Its place as the tests are named. */
  #error(failure: NodeError): TestError {
    const error = readableError(() => errorOf(failure));
    return error.file === undefined ? error : { ...error, file: this.#reporting.shownFile(error.file) };
  }

  #root(file: string | undefined): string {
    return file === undefined ? "(no file)" : this.#reporting.shownFile(file);
  }
}

/** With a process for each file, the file itself is a test when it has none, or when its process failed. */
function isFile({ name, file, nesting }: NodeEvent["data"]): boolean {
  return nesting === 0 && name !== undefined && name === file;
}

function isSet(directive: boolean | string | undefined): boolean {
  return directive !== undefined && directive !== false;
}

function errorOf(error: NodeError): TestError {
  const cause = error.cause instanceof Error ? error.cause : undefined;
  const { message, stack } = cause ?? error;
  const values = cause as { readonly expected?: unknown; readonly actual?: unknown } | undefined;
  const place = placeInStack(stack);
  return {
    message,
    ...(stack === undefined ? {} : { stack }),
    expected: shownValue(values?.expected),
    actual: shownValue(values?.actual),
    ...place,
  };
}
