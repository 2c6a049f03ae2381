import type { HopPlan } from "../wiring/hop.ts";

/**
 * How a command ended.
 * - `ok`: exit code 0.
 * - `failed`: another exit code, or it could not be started.
 * - `signalled`: a signal ended it that was not ours.
 * - `timedOut`, `cancelled`: we stopped it, or never started it: its time was over, or it was no longer wanted.
 */
export type Status = "ok" | "failed" | "signalled" | "timedOut" | "cancelled";

/** How one stage ended. */
export interface StageResult {
  readonly program: string;
  /** With secrets redacted. */
  readonly args: readonly string[];
  readonly status: Status;
  /** `ok`, or ended by SIGPIPE because its reader had left, which is how a pipeline is meant to stop. */
  readonly ok: boolean;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether it ended because nobody read its output any more (SIGPIPE, or exit code 141). */
  readonly readerLeft: boolean;
  /** The last `maxStderrBytes` of its standard error, as text. */
  readonly stderr: string;
  readonly stderrTruncated: boolean;
  /** Undefined when it was never started. */
  readonly pid: number | undefined;
  readonly durationMs: number;
  /** What went wrong with starting it. */
  readonly error?: unknown;
}

/** What an execution read, and how it went. */
export interface OutputResult<Output> {
  /** The captured standard output: text, bytes, or null when it went elsewhere. */
  readonly stdout: Output;
  /** Whether it was longer than `maxCaptureBytes`; `stdout` has the first of it. */
  readonly stdoutTruncated: boolean;
  /**
   * Whether something that the command had started still held its output open when it had ended: what that writes
   * later is in no result.
   */
  readonly outputHeld: boolean;
  /** What observers and echo sinks threw, ten at most. */
  readonly observerErrors: readonly unknown[];
}

export interface CommandResult<Output = string> extends StageResult, OutputResult<Output> {}

/** `exitCode`, `signal`, `stderr` and `pid` are those of `failure`, or of the last stage when nothing failed. */
export interface PipelineResult<Output = string> extends StageResult, OutputResult<Output> {
  readonly stages: readonly StageResult[];
  /** The earliest stage that failed by itself: not one that we stopped, nor one whose reader had left. */
  readonly failure: (StageResult & { readonly index: number }) | undefined;
  readonly hops: readonly HopResult[];
}

/** A hop as it was wired. */
export interface HopResult extends HopPlan {
  /** Bytes that went over it; null when nobody counted. */
  readonly bytes: number | null;
}

export type Result = CommandResult<string | Uint8Array | null> | PipelineResult<string | Uint8Array | null>;
