import { AsyncLocalStorage } from "node:async_hooks";
import { CuprumError } from "../cuprum-error.ts";
import type { Observer } from "../events/event.ts";
import type { Hidden } from "../events/redaction.ts";
import type { Program } from "../programs/program.ts";
import type { EnvironmentChanges } from "./environment.ts";
import type { AfterHook, BeforeHook } from "./hooks.ts";

/** The policy for everything that runs inside `scoped`. */
export interface ScopeOptions {
  /** The programs that may run: their names, or programs of a catalogue. A scope inside can only narrow it. Default: all. */
  readonly allow?: readonly (string | Program)[] | undefined;
  /** Changes to the environment of what runs. */
  readonly env?: EnvironmentChanges | undefined;
  /** Default time limit in milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly before?: BeforeHook | readonly BeforeHook[] | undefined;
  readonly after?: AfterHook | readonly AfterHook[] | undefined;
  readonly observers?: readonly Observer[] | undefined;
  /** What events, errors and logs must not show, besides what was marked by `secret`. */
  readonly redact?: readonly Hidden[] | undefined;
  /** Go with every event. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** Ends a registration. Calling it again does nothing; the order does not matter. */
export interface Registration {
  readonly detach: () => void;
}

/** A scope at work: hooks and observers can be added while it lasts; its policy is what it was when it began. */
export class Scope {
  readonly parent: Scope | undefined;
  readonly options: ScopeOptions;
  readonly #before: Set<{ readonly hook: BeforeHook }>;
  readonly #after: Set<{ readonly hook: AfterHook }>;
  readonly #observers: Set<{ readonly hook: Observer }>;

  constructor(options: ScopeOptions, parent: Scope | undefined) {
    const { timeoutMs } = options;
    if (timeoutMs !== undefined && !(Number.isFinite(timeoutMs) && timeoutMs >= 0)) {
      throw new CuprumError(
        "INVALID_OPTION",
        `timeoutMs of a scope is ${timeoutMs}; it is a number of milliseconds from 0`,
      );
    }
    const { allow, env, redact, tags } = options;
    if (typeof allow === "string") {
      throw new CuprumError("INVALID_OPTION", "allow of a scope is a list of programs");
    }
    this.options = Object.freeze({
      ...options,
      allow: allow && Object.freeze([...allow]),
      env: env && Object.freeze({ ...env }),
      redact: redact && Object.freeze([...redact]),
      tags: tags && Object.freeze({ ...tags }),
    });
    this.parent = parent;
    this.#before = new Set(listOf(options.before).map((hook) => ({ hook })));
    this.#after = new Set(listOf(options.after).map((hook) => ({ hook })));
    this.#observers = new Set((options.observers ?? []).map((hook) => ({ hook })));
  }

  before(hook: BeforeHook): Registration {
    return register(this.#before, hook);
  }

  after(hook: AfterHook): Registration {
    return register(this.#after, hook);
  }

  observe(observer: Observer): Registration {
    return register(this.#observers, observer);
  }

  /** The hooks and observers of this scope alone, in the order of their registration. */
  registered(): { before: readonly BeforeHook[]; after: readonly AfterHook[]; observers: readonly Observer[] } {
    const hooks = <Hook>(set: ReadonlySet<{ readonly hook: Hook }>): Hook[] => [...set].map(({ hook }) => hook);
    return { before: hooks(this.#before), after: hooks(this.#after), observers: hooks(this.#observers) };
  }

  /** Whether this scope and those around it allow a program. */
  allows(program: Program): boolean {
    return scopeChain(this).every(({ options: { allow } }) =>
      allow === undefined ? true : allow.some((one) => one === program || one === program.name),
    );
  }
}

const storage = new AsyncLocalStorage<Scope>();

/**
 * Runs `work` in a scope. What it calls, also later and asynchronously, is in the scope; nothing else is.
 *
 * @throws CuprumError `INVALID_OPTION`, and whatever `work` throws
 */
export async function scoped<Value>(
  options: ScopeOptions,
  work: (scope: Scope) => Value | Promise<Value>,
): Promise<Value> {
  const scope = new Scope(options, storage.getStore());
  return await storage.run(scope, async () => await work(scope));
}

/** The innermost scope, or undefined outside of all. */
export function currentScope(): Scope | undefined {
  return storage.getStore();
}

/** What must not be shown in the innermost scope. */
export function scopedPatterns(): readonly Hidden[] {
  return scopeChain(currentScope()).flatMap(({ options }) => options.redact ?? []);
}

/** A scope and those around it, the outermost first. */
export function scopeChain(scope: Scope | undefined): readonly Scope[] {
  const chain: Scope[] = [];
  for (let at = scope; at !== undefined; at = at.parent) chain.unshift(at);
  return chain;
}

function listOf<Hook>(hooks: Hook | readonly Hook[] | undefined): readonly Hook[] {
  if (hooks === undefined) return [];
  return Array.isArray(hooks) ? (hooks as readonly Hook[]) : [hooks as Hook];
}

function register<Hook>(set: Set<{ readonly hook: Hook }>, hook: Hook): Registration {
  const entry = { hook };
  set.add(entry);
  return { detach: () => void set.delete(entry) };
}
