import { monotonicMs } from "@jn/wire";
import { CuprumError, type CuprumErrorCode } from "../cuprum-error.ts";
import { MAX_ERRORS } from "../events/observation.ts";
import { stopProcesses } from "../processes/kill-ladder.ts";
import { within } from "../processes/within.ts";
import { Descriptors } from "../wiring/descriptors.ts";
import { type StopCause, watchDeadline } from "./deadline.ts";
import { fileFault } from "./file-fault.ts";
import { type Input, openInput } from "./input.ts";
import { LiveStage } from "./live-stage.ts";
import { openOutput, type Output, type OutputReader } from "./output.ts";
import type { ExecutionPlan } from "./plan.ts";
import type { OutputResult, PipelineResult, StageResult } from "./result.ts";
import { limitOf, type RunOptions } from "./run-options.ts";
import { Traffic } from "./traffic.ts";
import { wire } from "./wiring.ts";

/**
 * Milliseconds between the failure of a stage and the end of the others. A stage that fails by itself in this time is
 * seen to: which of two simultaneous failures counts must not depend on which was noticed first.
 */
const SETTLE_MS = 50;

/** A pipeline while it runs. `run` is called once. */
export class Execution {
  readonly #plan: ExecutionPlan;
  readonly #options: RunOptions;
  readonly #reader: OutputReader | undefined;
  readonly #descriptors = new Descriptors();
  readonly #stages: readonly LiveStage[];
  readonly #graceMs: number;
  readonly #lingerMs: number;
  #traffic: Traffic | undefined;
  /** Why its stages are stopped; a stage that ends after this was set was stopped by us. */
  #stopCause: StopCause | undefined;
  #ladder: Promise<void> | undefined;
  #starting: Promise<void> | undefined;
  #announceStop: () => void = () => {};
  /** Settles when its stages are to be stopped. */
  readonly #stopped = new Promise<void>((resolve) => (this.#announceStop = resolve));
  /** What is to be thrown in the end: a hook's, a source's, or the system's fault. */
  #fault: CuprumError | undefined;
  /** An error that is none of ours, of a sink for instance. */
  #unexpected: { readonly error: unknown } | undefined;

  constructor(plan: ExecutionPlan, options: RunOptions, reader?: OutputReader) {
    this.#plan = plan;
    this.#options = options;
    this.#reader = reader;
    this.#graceMs = limitOf(options, "graceMs");
    this.#lingerMs = limitOf(options, "lingerMs");
    const maxStderrBytes = limitOf(options, "maxStderrBytes");
    this.#stages = plan.stages.map(
      (stage) => new LiveStage(stage, stage.index === plan.stages.length - 1, maxStderrBytes),
    );
  }

  /**
   * Runs it to its end: every stage reaped, every descriptor closed, every observer told.
   *
   * @throws CuprumError `HOOK_FAILED`, `INPUT_FAILED`, `OUTPUT_FAILED`, `PIPE_FAILED`, `SPAWN_FAILED`, `ENCODING`, `IO`, with the result as far as it came
   */
  async run(): Promise<PipelineResult<string | Uint8Array | null>> {
    const startedAt = monotonicMs();
    const input = openInput(this.#options.stdin);
    let output: Output;
    try {
      output = openOutput(this.#options, this.#reader);
    } catch (error) {
      input.close();
      throw error;
    }
    const deadline = watchDeadline(this.#plan.timeoutMs, this.#options.signal, (cause) => void this.stop(cause));
    const stages: StageResult[] = [];
    try {
      await this.#start(input, output);
      input.close();
      stages.push(...(await Promise.all(this.#stages.map((stage) => this.#follow(stage)))));
      await this.#ladder;
    } finally {
      deadline.release();
      this.#descriptors.closeAll();
      this.#traffic?.release();
    }
    for (const { plan } of this.#stages) await plan.observation.settled();
    return this.#conclude(stages, output, monotonicMs() - startedAt, deadline.cause());
  }

  /** Stops every stage, once; calling it again waits for the same end. */
  async stop(cause: StopCause): Promise<void> {
    this.#stopCause ??= cause;
    this.#announceStop();
    this.#ladder ??= this.#climb();
    await this.#ladder;
  }

  /** The reader of the output has left: its pipe is closed at once, so that the last stage gets SIGPIPE, and all is stopped. */
  async leave(): Promise<void> {
    this.#traffic?.closeOutput();
    await this.stop("cancelled");
  }

  async #climb(): Promise<void> {
    // One that is being started right now is stopped, too.
    await this.#starting;
    const processes = this.#stages.flatMap(({ process }) => process ?? []);
    await stopProcesses(processes, this.#graceMs, this.#traffic?.quiet() ?? Promise.resolve());
  }

  /** Plan events and hooks, pipes, processes, and what moves between them. Faults are kept, not thrown. */
  async #start(input: Input, output: Output): Promise<void> {
    try {
      for (const stage of this.#stages) await this.#announce(stage);
      if (this.#stopCause !== undefined) return;
      const wiring = await wire(this.#plan, this.#options, { input, output }, this.#descriptors);
      for (const stage of this.#stages) {
        if (this.#stopCause !== undefined) break;
        const stdio = wiring.stdio[stage.plan.index] ?? ["ignore", "ignore", "ignore"];
        this.#starting = stage.start(stdio);
        await this.#starting;
        // The child has its own copies: ours would keep a pipe open that everybody else has left.
        for (const stream of stdio) if (typeof stream === "number") this.#descriptors.close(stream);
        if (stage.process === undefined) throw this.#spawnFailed(stage);
        stage.plan.observation.emit("start", { pid: stage.process.pid });
      }
      if (this.#stages.every(({ process }) => process !== undefined)) {
        this.#traffic = new Traffic(this.#plan, this.#options, this.#stages, this.#descriptors, {
          input,
          output,
          reader: this.#reader,
          onFault: (error) => this.#fail("INPUT_FAILED", "the source of the input, or a transform, failed", error),
          onLoss: (error) => this.#fail("OUTPUT_FAILED", "what a stage printed could not be handed on", error),
        });
        this.#traffic.start(wiring);
        // Who was to read may have left, or the time may have run out, in the meantime.
        if (this.#stopCause !== undefined && this.#reader !== undefined) this.#traffic.closeOutput();
      }
    } catch (error) {
      // Whatever it is, what has been started is stopped before it is thrown.
      if (error instanceof CuprumError) this.#fault ??= error;
      else this.#unexpected ??= { error };
      void this.stop("cancelled");
    }
    if (this.#traffic === undefined) this.#descriptors.closeAll();
  }

  async #announce(stage: LiveStage): Promise<void> {
    if (this.#stopCause === undefined || stage.plan.index === 0) {
      const { cwd } = stage.plan;
      stage.plan.observation.emit("plan", { cwd: cwd === undefined ? undefined : this.#plan.redact(cwd) });
      stage.isPlanned = true;
    }
    if (this.#stopCause !== undefined) return;
    for (const hook of this.#plan.before) {
      try {
        // A hook that never settles must not outlast the time limit.
        await Promise.race([hook(stage.command), this.#stopped]);
      } catch (error) {
        throw this.#error("HOOK_FAILED", `a hook prevented ${this.#plan.shown}`, error);
      }
    }
  }

  /** Waits for the end of a stage and of what it printed. */
  async #follow(stage: LiveStage): Promise<StageResult> {
    const { process, plan } = stage;
    const { observation, index } = plan;
    if (process !== undefined) {
      await process.ended;
      stage.hasEnded(this.#stopCause);
      if (stage.hasFailed) void this.#failFast();
      await this.#traffic?.stageEnded(index, this.#lingerMs, () => this.#stopCause !== undefined);
    } else if (stage.startError === undefined) stage.hasEnded(this.#stopCause ?? "cancelled");
    const result = stage.result();
    if (!stage.isPlanned) return result;
    const { pid, status, ok, exitCode, signal, durationMs } = result;
    observation.emit("exit", { pid, status, ok, exitCode, signal, durationMs });
    for (const hook of this.#plan.after) {
      try {
        await hook(stage.command, result);
      } catch (error) {
        this.#fault ??= this.#error("HOOK_FAILED", `a hook failed after ${this.#plan.shown}`, error);
      }
    }
    return result;
  }

  async #failFast(): Promise<void> {
    if (this.#options.failFast === false) return;
    const others = Promise.all(this.#stages.map(async ({ process }) => await process?.ended));
    if (!(await within(others, SETTLE_MS))) await this.stop("cancelled");
  }

  #fail(code: "INPUT_FAILED" | "OUTPUT_FAILED", message: string, cause: unknown): void {
    this.#fault ??= this.#error(code, `${message}: ${this.#plan.shown} was stopped`, cause);
    void this.stop("cancelled");
  }

  #spawnFailed(stage: LiveStage): CuprumError {
    const { file, spec } = stage.plan;
    return this.#error("SPAWN_FAILED", `cannot start ${spec.program.name} (${file})`, stage.startError);
  }

  #error(code: CuprumErrorCode, message: string, cause: unknown): CuprumError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new CuprumError(code, `${message}: ${this.#plan.redact(reason)}`, { cause });
  }

  #conclude(
    stages: readonly StageResult[],
    output: Output,
    durationMs: number,
    stopCause: StopCause | undefined,
  ): PipelineResult<string | Uint8Array | null> {
    const index = this.#stages.findIndex(({ hasFailed }) => hasFailed);
    const failed = stages[index];
    const failure = failed === undefined ? undefined : { ...failed, index };
    const shown = failure ?? stages.at(-1);
    if (shown === undefined) throw new RangeError("a pipeline without stages");
    const status = stopCause ?? failure?.status ?? this.#stopCause ?? "ok";
    const isWell = status === "ok" && this.#fault === undefined && this.#unexpected === undefined;
    const taken: OutputResult<null> = {
      stdout: null,
      stdoutTruncated: output.isTruncated(),
      outputHeld: this.#traffic?.isHeld() ?? false,
      observerErrors: [
        ...this.#stages.flatMap(({ plan }) => plan.observation.errors),
        ...(this.#traffic?.echoErrors ?? []),
      ].slice(0, MAX_ERRORS),
    };
    const hops = this.#plan.hops.map((hop, index) => ({ ...hop, bytes: this.#traffic?.hopBytes(index) ?? null }));
    const { index: _, ...fields } = { index, ...shown };
    const result = { ...fields, ...taken, status, ok: isWell, durationMs, stages, failure, hops };
    let value: string | Uint8Array | null;
    try {
      output.finish(isWell);
      value = output.value();
    } catch (error) {
      if (!(error instanceof TypeError)) throw fileFault(error, result);
      throw new CuprumError("ENCODING", `the output of ${this.#plan.shown} is not valid in its encoding`, {
        cause: error,
        result,
      });
    }
    if (this.#unexpected !== undefined) throw this.#unexpected.error;
    const complete = { ...result, stdout: value };
    if (this.#fault === undefined) return complete;
    throw new CuprumError(this.#fault.code, this.#fault.message, { cause: this.#fault.cause, result: complete });
  }
}
