// The reporter for mocha 8 and newer, loaded by --require. Mocha has only one reporter: this one does not take its place, but
// listens to the runner that the user's reporter is made for.
import { createRequire } from "node:module";
import type { Status, TestError } from "../journal/event.ts";
import { type Claim, claim } from "./claim.ts";
import { messageOf, placeInStack, readableError, shownValue, textOf } from "./error-values.ts";
import { harmless } from "./harmless.ts";
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

/** What is thrown is the tests' own. */
interface Failure {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
  readonly expected?: unknown;
  readonly actual?: unknown;
}

interface Runner {
  readonly total?: number;
  readonly suite?: Suite;
  readonly [PATTERN]?: RegExp;
  readonly [INVERTED]?: boolean;
  readonly stats?: { readonly passes: number; readonly failures: number };
  on(event: string, listener: (item: Test, error: unknown) => void): void;
}

interface Mocha {
  readonly prototype: {
    run(this: Mocha["prototype"], ...args: unknown[]): unknown;
    [REPORTER]: new (runner: Runner, options: unknown) => unknown;
    readonly isWorker?: boolean;
    readonly options?: { readonly isWorker?: boolean; readonly parallel?: boolean };
  };
}

/** What the main process of parallel mode passes on to its workers; no test is to see it. */
const WORKER_CLAIM = "THREEPIO_MOCHA_WORKER";
const workerClaim = process.env[WORKER_CLAIM];
delete process.env[WORKER_CLAIM];
/** Tests may change the working directory; a worker runs one file after the other. */
const START = process.cwd();

harmless("mocha", patch);

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
    ({ version } = load("mocha/package.json") as { readonly version: string });
  }
  const { prototype } = mocha;
  const run = Reflect.get(prototype, "run");
  prototype.run = function (...args) {
    const Usual = this[REPORTER];
    const listener = harmless("mocha", () => listenerFor(this, version));
    if (listener !== undefined) {
      this[REPORTER] = new Proxy(Usual, {
        construct(target, [runner, options]: [Runner, unknown], created) {
          harmless("mocha", () => listener(runner));
          return Reflect.construct(target, [runner, options], created) as object;
        },
      });
    }
    return run.apply(this, args);
  };
}

/** Undefined when no run of 3pio asks for a report. */
function listenerFor(
  { isWorker, options }: Mocha["prototype"],
  version: string | undefined,
): ((runner: Runner) => void) | undefined {
  // Workers of parallel mode send what happens to the main process: all but what did not happen.
  if (isWorker === true || options?.isWorker === true) {
    if (workerClaim === undefined) return undefined;
    const claimed = JSON.parse(workerClaim) as Claim;
    return (runner) => listenInWorker(runner, () => startReporting("mocha", version, { claimed, cwd: START }));
  }
  const reporting = startReporting("mocha", version);
  if (reporting === undefined) return undefined;
  if (options?.parallel === true) process.env[WORKER_CLAIM] = JSON.stringify(claim());
  return (runner) => listen(runner, reporting);
}

function listen(runner: Runner, reporting: Reporting): void {
  const { writer } = reporting;
  const pathOf = (test: Test): readonly string[] => pathOfTest(test, reporting);
  const errorOf = (thrown: unknown): TestError => readableError(() => errorOfThrown(thrown, reporting));
  const on = (event: string, listener: (test: Test, error: unknown) => void): void =>
    runner.on(event, (test, error) => harmless(`mocha's event '${event}'`, () => listener(test, error)));
  const running = new Map<string, Test>();
  const broken = new BrokenGroups(runner);
  let hookFailures = 0;
  on("start", () => {
    // Parallel mode learns of its tests only as they come.
    if (runner.suite !== undefined && runner.total !== undefined && runner.total > 0) {
      writer.write({ type: "collected", count: runner.total });
    }
  });
  on("test", (test) => {
    if (test.currentRetry() > 0) return;
    running.set(JSON.stringify(pathOf(test)), test);
    writer.write({ type: "test.start", path: pathOf(test) });
  });
  on("retry", (test, error) => {
    writer.write({ type: "test.attempt", path: pathOf(test), status: "fail", error: errorOf(error), ms: msOf(test) });
  });
  const ended = (test: Test, status: Status, error?: TestError): void => {
    running.delete(JSON.stringify(pathOf(test)));
    broken.hasVerdict(test);
    writer.write({ type: "test.end", path: pathOf(test), status, ms: msOf(test), error });
  };
  on("pass", (test) => ended(test, "pass"));
  on("fail", (test, thrown) => {
    const error = errorOf(thrown);
    if (test.type !== "hook") {
      ended(test, "fail", error);
      return;
    }
    hookFailures++;
    const group = pathOf(test).slice(0, -1);
    writer.write({ type: "group.error", path: group, phase: test.title, error });
    broken.add(test.parent);
    // A test whose own set-up failed has started, and gets no verdict from mocha.
    for (const one of running.values()) if (isWithin(pathOf(one), group)) ended(one, "error", error);
  });
  // Mocha makes no difference between a test that is skipped and one that is still to be written.
  on("pending", (test) => ended(test, "skip"));
  runner.on("end", () => {
    harmless("tests that were not run", () => writeLeftOut(broken.leftOut(), reporting));
    if (runner.stats !== undefined) {
      const { passes, failures } = runner.stats;
      writer.write({ type: "totals", counts: { pass: passes, fail: failures - hookFailures } });
    }
    writer.close();
  });
}

/**
 * Parallel mode says nothing of tests that were not run because a hook of their group had failed; only the worker knows them.
 *
 * @param start begins a segment; it is ended with the file, because nobody tells a worker that it is going to be stopped
 */
function listenInWorker(runner: Runner, start: () => Reporting | undefined): void {
  const broken = new BrokenGroups(runner);
  const on = (event: string, listener: (test: Test) => void): void =>
    runner.on(event, (test) => harmless(`mocha's event '${event}'`, () => listener(test)));
  // The main process hears of these, and gives them their verdicts.
  on("test", (test) => broken.hasVerdict(test));
  on("pending", (test) => broken.hasVerdict(test));
  on("fail", (test) => {
    if (test.type === "hook") broken.add(test.parent);
  });
  on("end", () => {
    const tests = broken.leftOut();
    const reporting = tests.length === 0 ? undefined : start();
    if (reporting === undefined) return;
    writeLeftOut(tests, reporting);
    reporting.writer.close();
  });
}

/** Groups with a hook that failed, and the tests that were not run because of it. */
class BrokenGroups {
  readonly #runner: Runner;
  readonly #groups = new Set<Suite>();
  readonly #withVerdict = new WeakSet<Test>();

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  add(group: Suite | undefined): void {
    if (group !== undefined) this.#groups.add(group);
  }

  hasVerdict(test: Test): void {
    this.#withVerdict.add(test);
  }

  leftOut(): readonly Test[] {
    const found = new Set<Test>();
    const search = ({ tests = [], suites = [] }: Suite): void => {
      for (const test of tests) {
        const isOpen = test.state === undefined && !this.#withVerdict.has(test);
        if (isOpen && this.#isWanted(test)) found.add(test);
      }
      for (const inner of suites) search(inner);
    };
    for (const group of this.#groups) search(group);
    return [...found];
  }

  #isWanted(test: Test): boolean {
    const { [PATTERN]: pattern, [INVERTED]: isInverted = false } = this.#runner;
    return pattern === undefined || pattern.test(test.fullTitle?.() ?? test.title) !== isInverted;
  }
}

function writeLeftOut(tests: readonly Test[], reporting: Reporting): void {
  const error = { message: "it was not run: a hook of its group had failed" };
  for (const test of tests) {
    const verdict = test.pending === true ? ({ status: "skip" } as const) : ({ status: "error", error } as const);
    reporting.writer.write({ type: "test.end", path: pathOfTest(test, reporting), ...verdict });
  }
}

/** As it was when the test was first heard of: its objects belong to the tests, which may change them. */
function pathOfTest(test: Test, { shownFile }: Reporting): readonly string[] {
  const known = paths.get(test);
  if (known !== undefined) return known;
  const read = harmless("the name of a test", () => {
    const file = fileOf(test);
    return [file === undefined ? "(no file)" : shownFile(file), ...test.titlePath().map(String)];
  });
  const path = read ?? ["(no file)", "(a test whose name cannot be read)"];
  paths.set(test, path);
  return path;
}

const paths = new WeakMap<Test, readonly string[]>();

function msOf(test: Test): number | undefined {
  return harmless("the time of a test", () => test.duration);
}

function errorOfThrown(thrown: unknown, { shownFile }: Reporting): TestError {
  if (typeof thrown !== "object" || thrown === null) return { message: String(thrown) };
  const { name, message = "", stack, expected, actual } = thrown as Failure;
  const place = placeInStack(stack);
  return {
    message: messageOf(name, message),
    stack: textOf(stack),
    expected: shownValue(expected),
    actual: shownValue(actual),
    ...(place === undefined ? {} : { file: shownFile(place.file), line: place.line }),
  };
}

function isWithin(path: readonly string[], group: readonly string[]): boolean {
  return group.every((part, index) => path[index] === part);
}

function fileOf({ file, parent }: Test | Suite): string | undefined {
  return file ?? (parent === undefined ? undefined : fileOf(parent));
}
