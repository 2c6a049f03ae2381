import { monotonicMs } from "@jn/wire";
import { type ProcessEnd, type StartedProcess, startProcess, type Stream } from "../processes/process.ts";
import type { HookedCommand } from "../scopes/hooks.ts";
import { Tail } from "../streams/tail.ts";
import type { StagePlan } from "./plan.ts";
import type { StageResult, Status } from "./result.ts";

/** Exit code of a program that treats the loss of its reader as SIGPIPE, but ends by itself: 128 + 13. */
const READER_LEFT = 141;

/** One stage while it is executed: planned, started, ended. */
export class LiveStage {
  readonly plan: StagePlan;
  readonly stderr: Tail;
  /** Whether `plan` has been emitted, so that `exit` is due. */
  isPlanned = false;
  process: StartedProcess | undefined;
  startError: unknown;
  /** How we stopped it, when it ended after that. */
  stoppedAs: Status | undefined;
  #startedAt: number | undefined;
  #durationMs = 0;
  readonly #isLast: boolean;

  constructor(plan: StagePlan, isLast: boolean, maxStderrBytes: number) {
    this.plan = plan;
    this.#isLast = isLast;
    this.stderr = new Tail(maxStderrBytes);
  }

  /** Its command as hooks see it. */
  get command(): HookedCommand {
    const { spec, shownArgs, cwd } = this.plan;
    return { program: spec.program.name, project: spec.program.project, args: shownArgs, cwd };
  }

  /** Starts it. A failure is kept in `startError`, not thrown. */
  async start(stdio: readonly [Stream, Stream, Stream]): Promise<void> {
    const { file, spec, cwd, env } = this.plan;
    this.#startedAt = monotonicMs();
    try {
      this.process = await startProcess({ file, argv0: spec.program.argv0, args: spec.args, cwd, env, stdio });
    } catch (error) {
      this.startError = error;
    }
  }

  /** To be called when the process has been reaped. */
  hasEnded(stoppedAs: Status | undefined): void {
    this.stoppedAs = stoppedAs;
    if (this.#startedAt !== undefined) this.#durationMs = monotonicMs() - this.#startedAt;
  }

  /** Whether it ended because its reader, the next stage, had left. */
  get readerLeft(): boolean {
    const end = this.#end;
    return !this.#isLast && this.stoppedAs === undefined && (end.signal === "SIGPIPE" || end.exitCode === READER_LEFT);
  }

  /** Whether it failed by itself: not because we stopped it, nor because its reader had left. */
  get hasFailed(): boolean {
    return (this.status === "failed" || this.status === "signalled") && !this.readerLeft;
  }

  get status(): Status {
    if (this.startError !== undefined) return "failed";
    if (this.stoppedAs !== undefined) return this.stoppedAs;
    const { exitCode, signal } = this.#end;
    if (signal !== null) return "signalled";
    if (exitCode === null) return "cancelled";
    return exitCode === 0 ? "ok" : "failed";
  }

  result(): StageResult {
    const { spec, shownArgs } = this.plan;
    const { status, readerLeft } = this;
    return {
      program: spec.program.name,
      args: shownArgs,
      status,
      ok: status === "ok" || readerLeft,
      ...this.#end,
      readerLeft,
      stderr: new TextDecoder().decode(this.stderr.bytes()),
      stderrTruncated: this.stderr.isTruncated,
      pid: this.process?.pid,
      durationMs: this.#durationMs,
      ...(this.startError === undefined ? {} : { error: this.startError }),
    };
  }

  get #end(): ProcessEnd {
    return this.process?.end() ?? { exitCode: null, signal: null };
  }
}
