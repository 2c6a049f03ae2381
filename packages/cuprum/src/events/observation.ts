import type { CommandSpec } from "../commands/command-spec.ts";
import { linesAreSubscribed, publish } from "./channels.ts";
import type { EventPhase, ExecutionEvent, Observer } from "./event.ts";
import type { Redaction } from "./redaction.ts";

/** Faults of observers that are kept; more are only counted by their absence. */
export const MAX_ERRORS = 10;

/** Who observes an execution, and how what is observed is shown. */
export interface Observers {
  readonly observers: readonly Observer[];
  readonly redact: Redaction;
  readonly tags: Readonly<Record<string, string>>;
}

/** Whether anybody asked for lines. */
export function wantsLines(observers: readonly Observer[]): boolean {
  return linesAreSubscribed() || observers.some((observer) => observer.lines === true);
}

/** The events of one execution of one command. */
export class Observation {
  readonly errors: unknown[] = [];
  readonly #observers: Observers;
  readonly #base: Omit<ExecutionEvent, "phase" | "time">;
  readonly #pending: Promise<void>[] = [];

  constructor(observers: Observers, execId: string, spec: CommandSpec, stage: { index: number; count: number }) {
    this.#observers = observers;
    const { redact, tags } = observers;
    const { name, project } = spec.program;
    const args = Object.freeze(spec.args.map(redact));
    this.#base = { execId, program: name, project, args, tags, stage: Object.freeze(stage) };
  }

  emit<Phase extends EventPhase>(phase: Phase, details: DetailsOf<Phase>): void {
    this.#pending.push(...this.#tell(phase, details, false));
  }

  /** Tells those who asked for lines. A promise means: not so fast. */
  emitLines(phase: "stdout" | "stderr", pid: number, lines: readonly string[]): Promise<void> | undefined {
    const waits = this.#tell(phase, { pid, lines: Object.freeze(lines.map(this.#observers.redact)) }, true);
    return waits.length === 0 ? undefined : allOf(waits);
  }

  /** Settles when every observer has. Never rejects. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  #tell<Phase extends EventPhase>(phase: Phase, details: DetailsOf<Phase>, isLines: boolean): Promise<void>[] {
    // Frozen: all are told by the same object, and none may change what the next one sees.
    const event = Object.freeze({ ...this.#base, phase, time: Date.now(), ...details }) as unknown as ExecutionEvent;
    const waits: Promise<void>[] = [];
    void this.#guarded(() => publish(event));
    for (const observer of this.#observers.observers) {
      if (isLines && observer.lines !== true) continue;
      const wait = this.#guarded(() => observer.onEvent(event));
      if (wait !== undefined) waits.push(wait);
    }
    return waits;
  }

  #guarded(work: () => void | Promise<void>): Promise<void> | undefined {
    try {
      const result = work();
      if (isThenable(result)) return settled(result, (error) => this.#keep(error));
    } catch (error) {
      this.#keep(error);
    }
    return undefined;
  }

  #keep(error: unknown): void {
    if (this.errors.length < MAX_ERRORS) this.errors.push(error);
  }
}

/** Any thenable: a promise may be another library's. */
function isThenable(value: void | PromiseLike<void>): value is PromiseLike<void> {
  return typeof value === "object" && value !== null && "then" in value;
}

async function settled(promise: PromiseLike<void>, onError: (error: unknown) => void): Promise<void> {
  try {
    await promise;
  } catch (error) {
    onError(error);
  }
}

async function allOf(waits: readonly Promise<void>[]): Promise<void> {
  await Promise.all(waits);
}

type DetailsOf<Phase extends EventPhase> =
  Extract<ExecutionEvent, { phase: Phase }> extends infer Event
    ? Omit<Event, "phase" | "execId" | "program" | "project" | "args" | "time" | "tags" | "stage">
    : never;
