// The reporter for mocha 8 and newer, loaded by --require. Mocha has only one reporter: this one does not take its place, but
// listens to the runner that the user's reporter is made for.
import { createRequire } from "node:module";
import type { Status, TestError } from "../journal/event.ts";
import { placeInStack, shownValue } from "./error-values.ts";
import { type Reporting, startReporting } from "./segment-writer.ts";

// What mocha keeps for itself, and has kept under these names since version 8.
const REPORTER = "_reporter";
const PATTERN = "_grep";
const INVERTED = "_invert";

/** The parts of mocha's objects that we read; in parallel mode they are copies that came from a worker. */
interface Test {
  readonly title: string;
  readonly file?: string | undefined;
  readonly parent?: Suite | undefined;
  readonly duration?: number | undefined;
  readonly type?: string | undefined;
  readonly pending?: boolean | undefined;
  readonly fn?: unknown;
  readonly body?: string | undefined;
  readonly state?: string | undefined;
  fullTitle?(): string;
  titlePath(): readonly string[];
  currentRetry(): number;
}

interface Suite {
  readonly title: string;
  readonly file?: string | undefined;
  readonly parent?: Suite | undefined;
  readonly tests?: readonly Test[];
  readonly suites?: readonly Suite[];
}

interface Failure {
  readonly name?: string;
  readonly message?: string;
  readonly stack?: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
}

interface Runner {
  readonly total?: number;
  readonly suite?: Suite;
  readonly [PATTERN]?: RegExp;
  readonly [INVERTED]?: boolean;
  readonly stats?: { readonly passes: number; readonly failures: number };
  on(event: string, listener: (item: Test, error: Failure) => void): void;
}

interface Mocha {
  readonly prototype: {
    run(this: Mocha["prototype"], ...args: unknown[]): unknown;
    [REPORTER]: new (runner: Runner, options: unknown) => unknown;
    readonly isWorker?: boolean;
    readonly options?: { readonly isWorker?: boolean };
  };
}

patch();

/** Makes every run of mocha tell us about its tests, before its own reporter hears of them. */
function patch(): void {
  const load = createRequire(process.argv[1] ?? `${process.cwd()}/noop.js`);
  let mocha: Mocha;
  let version: string | undefined;
  try {
    mocha = load("../lib/mocha.js") as Mocha;
    ({ version } = load("../package.json") as { readonly version: string });
  } catch {
    mocha = load("mocha") as Mocha;
  }
  const { prototype } = mocha;
  const run = Reflect.get(prototype, "run");
  prototype.run = function (...args) {
    const Usual = this[REPORTER];
    // Workers of parallel mode send what happens to the main process.
    if (this.isWorker === true || this.options?.isWorker === true) return run.apply(this, args);
    const reporting = startReporting("mocha", version);
    if (reporting !== undefined) {
      this[REPORTER] = new Proxy(Usual, {
        construct(target, [runner, options]: [Runner, unknown], created) {
          listen(runner, reporting);
          return Reflect.construct(target, [runner, options], created) as object;
        },
      });
    }
    return run.apply(this, args);
  };
}

function listen(runner: Runner, reporting: Reporting): void {
  const { writer, shownFile } = reporting;
  const pathOf = (test: Test): readonly string[] => {
    const file = fileOf(test);
    return [file === undefined ? "(no file)" : shownFile(file), ...test.titlePath()];
  };
  const errorOf = ({ name, message = "", stack, expected, actual }: Failure): TestError => {
    const place = placeInStack(stack);
    return {
      message: name === undefined || name === "Error" ? message : `${name}: ${message}`,
      stack,
      expected: shownValue(expected),
      actual: shownValue(actual),
      ...(place === undefined ? {} : { file: shownFile(place.file), line: place.line }),
    };
  };
  const running = new Map<string, Test>();
  const reported = new Set<Test>();
  const broken = new Set<Suite>();
  let hookFailures = 0;
  const isWanted = (test: Test): boolean => {
    const { [PATTERN]: pattern, [INVERTED]: isInverted = false } = runner;
    return pattern === undefined || pattern.test(test.fullTitle?.() ?? test.title) !== isInverted;
  };
  runner.on("start", () => {
    // Parallel mode learns of its tests only as they come.
    if (runner.suite !== undefined && runner.total !== undefined && runner.total > 0) {
      writer.write({ type: "collected", count: runner.total });
    }
  });
  runner.on("test", (test) => {
    if (test.currentRetry() > 0) return;
    running.set(JSON.stringify(pathOf(test)), test);
    writer.write({ type: "test.start", path: pathOf(test) });
  });
  runner.on("retry", (test, error) => {
    writer.write({
      type: "test.attempt",
      path: pathOf(test),
      status: "fail",
      error: errorOf(error),
      ms: test.duration,
    });
  });
  const ended = (test: Test, status: Status, error?: TestError): void => {
    running.delete(JSON.stringify(pathOf(test)));
    if (status === "error") reported.add(test);
    writer.write({ type: "test.end", path: pathOf(test), status, ms: test.duration, error });
  };
  runner.on("pass", (test) => ended(test, "pass"));
  runner.on("fail", (test, thrown) => {
    const error = errorOf(typeof thrown === "object" ? thrown : { message: String(thrown) });
    if (test.type !== "hook") {
      ended(test, "fail", error);
      return;
    }
    hookFailures++;
    const group = pathOf(test).slice(0, -1);
    writer.write({ type: "group.error", path: group, phase: test.title, error });
    if (test.parent !== undefined) broken.add(test.parent);
    // A test whose own set-up failed has started, and gets no verdict from mocha.
    for (const one of running.values()) if (isWithin(pathOf(one), group)) ended(one, "error", error);
  });
  // A test without a body is one that is still to be written.
  runner.on("pending", (test) => ended(test, test.fn === undefined && (test.body ?? "") === "" ? "todo" : "skip"));
  runner.on("end", () => {
    const message = "it was not run: a hook of its group had failed";
    const leftOut = (suite: Suite): void => {
      for (const test of suite.tests ?? []) {
        if (test.state === undefined && test.pending !== true && isWanted(test) && !reported.has(test)) {
          reported.add(test);
          writer.write({ type: "test.end", path: pathOf(test), status: "error", error: { message } });
        }
      }
      for (const inner of suite.suites ?? []) leftOut(inner);
    };
    for (const suite of broken) leftOut(suite);
    if (runner.stats !== undefined) {
      const { passes, failures } = runner.stats;
      writer.write({ type: "totals", counts: { pass: passes, fail: failures - hookFailures } });
    }
    writer.close();
  });
}

function isWithin(path: readonly string[], group: readonly string[]): boolean {
  return group.every((part, index) => path[index] === part);
}

function fileOf({ file, parent }: Test | Suite): string | undefined {
  return file ?? (parent === undefined ? undefined : fileOf(parent));
}
