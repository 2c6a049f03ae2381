// The reporter for jest 28 and newer.
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Status, TestEnd, TestError } from "../journal/event.ts";
import { placeInStack, readableError, shownValue } from "./error-values.ts";
import { harmless } from "./harmless.ts";
import { type Reporting, startReporting } from "./segment-writer.ts";

/** The parts of jest's objects that we read; see `Reporter` in @jest/reporters. */
interface Test {
  readonly path: string;
  readonly context?: { readonly config?: { readonly displayName?: { readonly name: string } | undefined } };
}

interface CaseStart {
  readonly ancestorTitles: readonly string[];
  readonly title: string;
}

interface CaseResult extends CaseStart {
  readonly status: string;
  readonly duration?: number | null | undefined;
  readonly failureMessages?: readonly string[] | null | undefined;
  readonly failureDetails?: readonly unknown[] | null | undefined;
  readonly invocations?: number | undefined;
  readonly location?: { readonly line: number } | null | undefined;
}

interface FileResult {
  readonly testResults: readonly CaseResult[];
  readonly testExecError?: { readonly message?: string; readonly stack?: string } | undefined;
  readonly failureMessage?: string | null | undefined;
  readonly console?: readonly { readonly type: string; readonly message: string }[] | null | undefined;
  readonly skipped?: boolean | undefined;
  readonly perfStats?: { readonly runtime?: number } | undefined;
}

interface RunResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numTotalTests: number;
  readonly runExecError?: { readonly message?: string; readonly stack?: string } | undefined;
}

type Reporter = Readonly<Record<string, unknown>>;

export default class JestReporter {
  readonly #reporting: Reporting | undefined;
  /** The user's reporters, which we stand before. */
  readonly #others: readonly Reporter[];
  /** How many verdicts each test of a file at work has, by its names. */
  readonly #ended = new Map<string, Map<string, number>>();

  constructor(globalConfig: { readonly rootDir: string }, _options: unknown, context: unknown) {
    const others = process.env["THREEPIO_JEST_REPORTERS"];
    delete process.env["THREEPIO_JEST_REPORTERS"];
    this.#reporting = harmless("jest", () => startReporting("jest", jestVersion()));
    this.#others = others === undefined ? [] : made(others, globalConfig, context);
  }

  async onRunStart(...args: readonly unknown[]): Promise<void> {
    await this.#tell("onRunStart", args);
  }

  async onTestFileStart(test: Test): Promise<void> {
    this.#ended.set(test.path, new Map());
    await this.#tell("onTestFileStart", [test], "onTestStart");
  }

  async onTestCaseStart(test: Test, start: CaseStart): Promise<void> {
    harmless("the start of a test", () => {
      this.#reporting?.writer.write({ type: "test.start", ...this.#located(test, start) });
    });
    await this.#tell("onTestCaseStart", [test, start]);
  }

  async onTestCaseResult(test: Test, result: CaseResult): Promise<void> {
    harmless("a verdict", () => {
      this.#verdict(test, result);
      const ended = this.#ended.get(test.path);
      const name = nameOf(result);
      // A retry takes the place of the verdict before it.
      if ((result.invocations ?? 1) <= 1) ended?.set(name, (ended.get(name) ?? 0) + 1);
    });
    await this.#tell("onTestCaseResult", [test, result]);
  }

  async onTestFileResult(test: Test, result: FileResult, all: unknown): Promise<void> {
    harmless("a file", () => this.#file(test, result));
    await this.#tell("onTestFileResult", [test, result, all], "onTestResult");
  }

  async onRunComplete(contexts: unknown, results: RunResult): Promise<void> {
    harmless("the end of the run", () => this.#end(results));
    await this.#tell("onRunComplete", [contexts, results]);
  }

  /** jest fails a run in which a reporter has an error. */
  getLastError(): unknown {
    for (const other of this.#others) {
      const { getLastError } = other;
      const error: unknown = typeof getLastError === "function" ? Reflect.apply(getLastError, other, []) : undefined;
      if (error !== undefined) return error;
    }
    return undefined;
  }

  #file(test: Test, result: FileResult): void {
    if (this.#reporting === undefined) return;
    const { writer, shownFile } = this.#reporting;
    const path = [shownFile(test.path)];
    const project = projectOf(test);
    const ended = this.#ended.get(test.path) ?? new Map<string, number>();
    this.#ended.delete(test.path);
    // Not every test has had an event of its own: skipped ones, and all when tests run in an older engine.
    for (const one of result.testResults) {
      const name = nameOf(one);
      const count = ended.get(name) ?? 0;
      if (count > 0) ended.set(name, count - 1);
      else harmless("a verdict", () => this.#verdict(test, one, 1));
    }
    harmless("what a file says beside its tests", () => this.#besideTests(test, result));
    writer.write({ type: "group.end", path, project, ms: harmless("a file's time", () => result.perfStats?.runtime) });
  }

  #besideTests(test: Test, result: FileResult): void {
    const { writer, shownFile } = this.#reporting!;
    const path = [shownFile(test.path)];
    const project = projectOf(test);
    const { testExecError, failureMessage, testResults } = result;
    const message =
      testExecError?.stack ?? testExecError?.message ?? (testResults.length === 0 ? failureMessage : undefined);
    if (message !== undefined && message !== null) {
      writer.write({ type: "group.error", path, project, phase: "file", error: this.#error(message) });
    }
    for (const { type, message: text } of result.console ?? []) {
      writer.write({ type: "output", path, project, stream: `console.${type}`, text });
    }
  }

  #verdict(test: Test, result: CaseResult, invocations = result.invocations ?? 1): void {
    if (this.#reporting === undefined) return;
    const { writer } = this.#reporting;
    const located = this.#located(test, result);
    const status = STATUSES.get(result.status) ?? "error";
    if (invocations > 1) writer.write({ type: "test.retry", ...located, status: "fail" });
    const details = harmless("what a test says", () => this.#details(result, located.path[0]));
    writer.write({ type: "test.end", ...located, status, ...details });
  }

  /** All that is no part of the verdict. */
  #details(result: CaseResult, file: string | undefined): Partial<TestEnd> {
    const { duration, failureMessages, failureDetails, location } = result;
    const [first, ...rest] = failureMessages ?? [];
    return {
      ms: duration ?? undefined,
      error:
        first === undefined
          ? undefined
          : { ...this.#error(first), ...harmless("values of a test", () => valuesOf(failureDetails?.[0])) },
      output: rest.length === 0 ? undefined : rest.map((text) => ({ stream: "error", text })),
      ...(location === null || location === undefined ? {} : { file, line: location.line }),
    };
  }

  #end(results: RunResult): void {
    if (this.#reporting === undefined) return;
    const { writer } = this.#reporting;
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numTotalTests, runExecError } = results;
    if (runExecError !== undefined) {
      const error = this.#error(runExecError.stack ?? runExecError.message ?? "");
      writer.write({ type: "group.error", path: ["(jest)"], phase: "run", error });
    }
    writer.write({ type: "collected", count: numTotalTests });
    writer.write({
      type: "totals",
      counts: { pass: numPassedTests, fail: numFailedTests, skip: numPendingTests, todo: numTodoTests },
    });
    writer.close();
  }

  #located(
    test: Test,
    { ancestorTitles, title }: CaseStart,
  ): { readonly path: readonly string[]; readonly project: string | undefined } {
    return { path: [this.#reporting!.shownFile(test.path), ...ancestorTitles, title], project: projectOf(test) };
  }

  #error(text: string): TestError {
    return readableError(() => {
      const place = placeInStack(text);
      const message = text.split(/\n\s+at /, 1)[0]!;
      return {
        message,
        stack: text,
        ...(place === undefined ? {} : { file: this.#reporting!.shownFile(place.file), line: place.line }),
      };
    });
  }

  async #tell(method: string, args: readonly unknown[], older?: string): Promise<void> {
    for (const other of this.#others) {
      const name = typeof other[method] === "function" || older === undefined ? method : older;
      const listener = other[name];
      if (typeof listener === "function") await listener.apply(other, args);
    }
  }
}

const STATUSES: ReadonlyMap<string, Status> = new Map([
  ["passed", "pass"],
  ["failed", "fail"],
  ["skipped", "skip"],
  ["pending", "skip"],
  ["disabled", "skip"],
  ["todo", "todo"],
]);

function nameOf({ ancestorTitles, title }: CaseStart): string {
  return JSON.stringify([...ancestorTitles, title]);
}

function projectOf({ context }: Test): string | undefined {
  return context?.config?.displayName?.name;
}

function valuesOf(detail: unknown): { readonly expected?: string | undefined; readonly actual?: string | undefined } {
  const { matcherResult } = (detail ?? {}) as { readonly matcherResult?: { expected?: unknown; actual?: unknown } };
  if (matcherResult === undefined) return {};
  return { expected: shownValue(matcherResult.expected), actual: shownValue(matcherResult.actual) };
}

/** Loaded from where jest itself is: this file lies elsewhere. */
function jestVersion(): string | undefined {
  try {
    const { version } = createRequire(process.argv[1]!)("jest/package.json") as { readonly version: string };
    return version;
  } catch {
    return undefined;
  }
}

function made(text: string, globalConfig: { readonly rootDir: string }, context: unknown): readonly Reporter[] {
  const require = createRequire(join(globalConfig.rootDir, "noop.js"));
  return (JSON.parse(text) as readonly (readonly [string, unknown])[]).map(([path, options]) => {
    const loaded = require(path) as unknown;
    const Made = ((loaded as { readonly default?: unknown }).default ?? loaded) as new (...args: unknown[]) => Reporter;
    return new Made(globalConfig, options, context);
  });
}
