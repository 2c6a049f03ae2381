// The reporter for Playwright's test runner, which PW_TEST_REPORTER adds to those that the configuration names.
import type { OutputPiece, Status, TestEnd, TestError } from "../journal/event.ts";
import { readableError } from "./error-values.ts";
import { harmless } from "./harmless.ts";
import { type Reporting, startReporting } from "./segment-writer.ts";

/** The parts of Playwright's objects that we read; see "Reporter" in its documentation. */
interface Config {
  readonly version: string;
}

interface Suite {
  allTests(): readonly unknown[];
}

interface Test {
  readonly retries: number;
  readonly expectedStatus: string;
  readonly location: { readonly file: string; readonly line: number };
  readonly annotations: readonly { readonly type: string; readonly description?: string | undefined }[];
  titlePath(): readonly string[];
}

interface Result {
  readonly retry: number;
  readonly status: string;
  readonly duration: number;
  readonly errors: readonly Failure[];
  readonly stdout: readonly (string | Buffer)[];
  readonly stderr: readonly (string | Buffer)[];
}

interface Failure {
  readonly message?: string | undefined;
  readonly stack?: string | undefined;
  readonly value?: string | undefined;
  readonly location?: { readonly file: string; readonly line: number } | undefined;
}

export default class PlaywrightReporter {
  #reporting: Reporting | undefined;

  /** Playwright shows its usual report only if nobody else prints. */
  printsToStdio(): boolean {
    return false;
  }

  onBegin({ version }: Config, suite: Suite): void {
    harmless("playwright", () => {
      this.#reporting = startReporting("playwright", version);
      this.#reporting?.writer.write({ type: "collected", count: suite.allTests().length });
    });
  }

  onTestBegin(test: Test, { retry }: Result): void {
    harmless("the start of a test", () => {
      if (retry === 0) this.#reporting?.writer.write({ type: "test.start", ...this.#located(test) });
    });
  }

  onTestEnd(test: Test, result: Result): void {
    harmless("a verdict", () => this.#verdict(test, result));
  }

  /** Of no test: a file that cannot be loaded, a global set-up. */
  onError(failure: Failure): void {
    harmless("an error outside of tests", () => {
      const { location } = failure;
      const path = [location === undefined ? "(playwright)" : (this.#reporting?.shownFile(location.file) ?? "")];
      this.#reporting?.writer.write({ type: "group.error", path, phase: "load", error: this.#error(failure) });
    });
  }

  onEnd(): void {
    this.#reporting?.writer.close();
  }

  #verdict(test: Test, result: Result): void {
    if (this.#reporting === undefined) return;
    const { retry, status } = result;
    const isExpected = status === test.expectedStatus || status === "skipped";
    const isFinal = isExpected || retry >= test.retries;
    const verdict = isFinal ? statusOf(test, status) : "fail";
    const located = this.#located(test);
    const details = harmless("what a test says", () => this.#details(test, result, verdict === "fail"));
    const type = isFinal ? "test.end" : "test.attempt";
    this.#reporting.writer.write({ type, ...located, status: verdict, ...details });
  }

  /** All that is no part of the verdict. */
  #details(test: Test, result: Result, isBad: boolean): Partial<TestEnd> {
    const { status, duration, errors, stdout, stderr } = result;
    const [first, ...rest] = errors.map((error) => this.#error(error));
    const output: readonly OutputPiece[] = [
      ...rest.map(({ stack, message }) => ({ stream: "error", text: stack ?? message })),
      ...pieces("stdout", stdout),
      ...pieces("stderr", stderr),
    ];
    return {
      ms: duration,
      error: isBad ? (first ?? { message: messageOf(status, test) }) : undefined,
      reason: test.annotations.find(({ type }) => type === status || /^(?:skip|fixme|fail)$/.test(type))?.description,
      output: output.length === 0 ? undefined : output,
      ...(isBad ? { file: this.#reporting!.shownFile(test.location.file), line: test.location.line } : {}),
    };
  }

  #located(test: Test): { readonly path: readonly string[]; readonly project: string | undefined } {
    const [, project = "", , ...names] = test.titlePath();
    const file = this.#reporting!.shownFile(test.location.file);
    return { path: [file, ...names], project: project === "" ? undefined : project };
  }

  #error(failure: Failure): TestError {
    return readableError(() => {
      const { message, stack, value, location } = failure;
      const place =
        location === undefined ? {} : { file: this.#reporting!.shownFile(location.file), line: location.line };
      return { message: message ?? value ?? "no message", stack, ...place };
    });
  }
}

function statusOf({ expectedStatus }: Test, status: string): Status {
  if (status === "skipped") return "skip";
  if (status !== expectedStatus) return "fail";
  return expectedStatus === "failed" ? "xfail" : "pass";
}

function messageOf(status: string, { expectedStatus }: Test): string {
  return `${status}, and was expected to be ${expectedStatus}`;
}

function pieces(stream: string, chunks: readonly (string | Buffer)[]): readonly OutputPiece[] {
  return chunks.length === 0 ? [] : [{ stream, text: chunks.map((chunk) => chunk.toString()).join("") }];
}
