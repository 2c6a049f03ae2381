// The reporter for vitest 3 and newer.
import type { Status, TestEnd, TestError } from "../journal/event.ts";
import { messageOf, placeInStack, readableError, shownValue, textOf } from "./error-values.ts";
import { harmless } from "./harmless.ts";
import { type Reporting, startReporting } from "./segment-writer.ts";

/** The parts of vitest's objects that we read; see "Extending Reporters" in its documentation. */
interface Vitest {
  readonly version: string;
  readonly vite?: Vite | undefined;
  readonly server?: Vite | undefined;
  readonly reporters: unknown[];
}

interface Vite {
  readonly config: { readonly configFile?: string | undefined; readonly root: string };
}

interface Named {
  readonly name: string;
}

interface Module {
  readonly type: "module";
  readonly moduleId: string;
  readonly project: Named;
  readonly children: Children;
  errors(): readonly VitestError[];
  diagnostic(): { readonly duration: number };
}

interface Suite {
  readonly type: "suite";
  readonly name: string;
  readonly parent: Suite | Module;
  readonly module: Module;
  readonly project: Named;
  errors(): readonly VitestError[];
}

interface Case {
  readonly type: "test";
  readonly id: string;
  readonly name: string;
  readonly parent: Suite | Module;
  readonly module: Module;
  readonly project: Named;
  readonly options: { readonly mode?: string; readonly fails?: boolean | undefined };
  readonly location?: { readonly line: number } | undefined;
  result(): {
    readonly state: string;
    readonly errors?: readonly VitestError[] | undefined;
    readonly note?: string | undefined;
  };
  diagnostic(): { readonly duration: number; readonly retryCount: number } | undefined;
}

interface Children {
  allTests(): Iterable<Case>;
  allSuites(): Iterable<Suite>;
}

/** What is thrown is the tests' own. */
interface VitestError {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
  readonly expected?: unknown;
  readonly actual?: unknown;
}

interface ConsoleLog {
  readonly type: string;
  readonly content: string;
  readonly taskId?: string | undefined;
}

/** Where a test is. */
interface Located {
  readonly path: readonly string[];
  readonly project: string | undefined;
}

type Reporter = Readonly<Record<string, unknown>>;

export default class VitestReporter {
  #reporting: Reporting | undefined;
  /** Ids of tests that have their verdict: vitest tells of some again, also after the end of their module. */
  readonly #ended = new Set<string>();
  /** Modules that are done. */
  readonly #modules = new Set<string>();
  /** Paths of tests at work, for what they print. */
  readonly #running = new Map<string, Case>();

  async onInit(vitest: Vitest): Promise<void> {
    const wish = process.env["THREEPIO_VITEST_REPORTERS"];
    delete process.env["THREEPIO_VITEST_REPORTERS"];
    this.#reporting = harmless("vitest", () => startReporting("vitest", vitest.version));
    if (wish !== "config") return;
    // They follow us in the list, and hear of everything that comes after this.
    for (const reporter of await configuredReporters(vitest)) {
      vitest.reporters.push(reporter);
      const { onInit } = reporter;
      if (typeof onInit === "function") await onInit.call(reporter, vitest);
    }
  }

  onTestModuleCollected(module: Module): void {
    harmless("a module", () => {
      let count = 0;
      for (const test of module.children.allTests()) count += test.type === "test" ? 1 : 0;
      this.#reporting?.writer.write({ type: "collected", count });
    });
  }

  onTestCaseReady(test: Case): void {
    harmless("the start of a test", () => {
      if (this.#reporting === undefined || test.result().state === "skipped") return;
      if (this.#running.has(test.id) || this.#ended.has(test.id)) return;
      this.#running.set(test.id, test);
      this.#reporting.writer.write({ type: "test.start", ...this.#located(test) });
    });
  }

  onTestCaseResult(test: Case): void {
    harmless("a verdict", () => this.#verdict(test));
  }

  onTestModuleEnd(module: Module): void {
    harmless("the end of a module", () => this.#moduleEnded(module));
  }

  onUserConsoleLog(log: ConsoleLog): void {
    harmless("output", () => this.#printed(log));
  }

  onTestRunEnd(modules: readonly Module[], errors: readonly VitestError[]): void {
    // A module that could not be imported has had no end.
    for (const module of modules) this.onTestModuleEnd(module);
    harmless("the end of the run", () => {
      for (const error of errors) {
        const path = ["(vitest)"];
        this.#reporting?.writer.write({ type: "group.error", path, phase: "unhandled", error: this.#error(error) });
      }
    });
    this.#reporting?.writer.close();
  }

  #verdict(test: Case): void {
    this.#running.delete(test.id);
    if (this.#reporting === undefined || this.#ended.has(test.id)) return;
    const { state } = test.result();
    if (state === "pending") return;
    this.#ended.add(test.id);
    const located = this.#located(test);
    const status = statusOf(test, state);
    const { writer } = this.#reporting;
    const details = harmless("what a test says", () => this.#details(test, located));
    writer.write({ type: "test.end", ...located, status, ...details });
  }

  /** All that is no part of the verdict; attempts before it are written. */
  #details(test: Case, located: Located): Partial<TestEnd> {
    const { writer } = this.#reporting!;
    const { state, errors: found, note } = test.result();
    const errors = found ?? [];
    const { duration, retryCount = 0 } = test.diagnostic() ?? {};
    // Of a retried test vitest keeps the errors of all attempts, in order; before 3.1, if it passed at last, none.
    for (let at = 0; at < retryCount; at++) {
      const failure = errors[at];
      const error = failure === undefined ? { message: "(vitest has kept no error)" } : this.#error(failure);
      writer.write({ type: "test.attempt", ...located, status: "fail", error });
    }
    const failures = state === "failed" ? errors.slice(retryCount < errors.length ? retryCount : -1) : [];
    const [first, ...rest] = failures.map((error) => this.#error(error));
    return {
      ms: duration,
      error: first,
      reason: note,
      output:
        rest.length === 0 ? undefined : rest.map(({ stack, message }) => ({ stream: "error", text: stack ?? message })),
      ...(first === undefined ? {} : { file: located.path[0], line: test.location?.line }),
    };
  }

  #moduleEnded(module: Module): void {
    if (this.#reporting === undefined || this.#modules.has(module.moduleId + module.project.name)) return;
    this.#modules.add(module.moduleId + module.project.name);
    const { writer } = this.#reporting;
    const path = [this.#reporting.shownFile(module.moduleId)];
    const project = projectOf(module.project);
    for (const test of module.children.allTests()) this.onTestCaseResult(test);
    for (const suite of module.children.allSuites()) {
      for (const error of suite.errors()) {
        const located = { path: [...path, ...namesOf(suite)], project };
        writer.write({ type: "group.error", ...located, phase: "suite", error: this.#error(error) });
      }
    }
    for (const error of module.errors()) {
      writer.write({ type: "group.error", path, project, phase: "module", error: this.#error(error) });
    }
    writer.write({ type: "group.end", path, project, ms: module.diagnostic().duration });
  }

  #printed({ type, content, taskId }: ConsoleLog): void {
    const test = taskId === undefined ? undefined : this.#running.get(taskId);
    if (this.#reporting === undefined) return;
    const located = test === undefined ? { path: ["(vitest)"] } : this.#located(test);
    const [file = "", ...names] = located.path;
    const stream = names.length === 0 ? type : `${type} of ${names.join(" > ")}`;
    this.#reporting.writer.write({ type: "output", ...located, path: [file], stream, text: content });
  }

  #located(test: Case): Located {
    const file = this.#reporting!.shownFile(test.module.moduleId);
    return { path: [file, ...namesOf(test)], project: projectOf(test.project) };
  }

  #error(error: VitestError): TestError {
    return readableError(() => {
      const { name, message, stack, expected, actual } = error;
      const place = placeInStack(stack);
      return {
        message: messageOf(name, message),
        stack: textOf(stack),
        expected: shownValue(expected),
        actual: shownValue(actual),
        ...(place === undefined ? {} : { file: this.#reporting!.shownFile(place.file), line: place.line }),
      };
    });
  }
}

function statusOf({ options }: Case, state: string): Status {
  if (options.mode === "todo") return "todo";
  if (state === "skipped") return "skip";
  if (state === "passed") return options.fails === true ? "xfail" : "pass";
  return "fail";
}

function projectOf({ name }: Named): string | undefined {
  return name === "" ? undefined : name;
}

function namesOf(item: Case | Suite): readonly string[] {
  const { parent } = item;
  return parent.type === "module" ? [item.name] : [...namesOf(parent), item.name];
}

/** The reporters that the user's configuration names, made by vitest's own classes; its default one if it names none. */
async function configuredReporters(vitest: Vitest): Promise<readonly Reporter[]> {
  const { createRequire } = await import("node:module");
  const { pathToFileURL } = await import("node:url");
  const { config } = (vitest.vite ?? vitest.server)!;
  // This file lies elsewhere; vitest is found from the program that runs.
  const require = createRequire(process.argv[1]!);
  const load = async (name: string): Promise<Readonly<Record<string, unknown>>> =>
    (await import(pathToFileURL(require.resolve(name)).href)) as Readonly<Record<string, unknown>>;
  const { loadConfigFromFile } = (await load("vite")) as {
    readonly loadConfigFromFile: (
      env: object,
      file: string,
    ) => Promise<{ readonly config: { readonly test?: { readonly reporters?: unknown } } } | null>;
  };
  const { configFile } = config;
  const loaded =
    configFile === undefined ? null : await loadConfigFromFile({ command: "serve", mode: "test" }, configFile);
  const wanted = loaded?.config.test?.reporters ?? ["default"];
  const { ReportersMap } = (await load("vitest/reporters").catch(() => load("vitest/node"))) as {
    readonly ReportersMap: Readonly<Record<string, new (options?: unknown) => Reporter>>;
  };
  const reporters: Reporter[] = [];
  for (const one of Array.isArray(wanted) ? (wanted as readonly unknown[]) : [wanted]) {
    if (typeof one === "object" && one !== null && !Array.isArray(one)) {
      reporters.push(one as Reporter);
      continue;
    }
    const [name, options] = (Array.isArray(one) ? one : [one]) as [string, unknown];
    const Known = Object.hasOwn(ReportersMap, name) ? ReportersMap[name] : undefined;
    const path = name.startsWith(".") ? `${config.root}/${name}` : name;
    const Made = Known ?? ((await load(path)) as { readonly default: new (options?: unknown) => Reporter }).default;
    reporters.push(new Made(options ?? {}));
  }
  return reporters;
}
