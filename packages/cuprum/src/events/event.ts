import type { Status } from "../execution/result.ts";

/** What every event says. Arguments have their secrets redacted. */
interface EventBase {
  /** One for each execution of each command; process ids are used again. */
  readonly execId: string;
  readonly program: string;
  readonly project: string;
  readonly args: readonly string[];
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Its place in a pipeline; `{ index: 0, count: 1 }` for a command alone. */
  readonly stage: { readonly index: number; readonly count: number };
}

/**
 * What happens to a command. Every execution that has a `plan` has exactly one `exit`, and it is the last.
 * - `plan`: it is allowed, and about to be started.
 * - `start`: it runs.
 * - `stdout`, `stderr`: complete lines, in batches, only when an observer asked for lines.
 * - `stdin`: its input is complete. `stdinError`: it closed its input before that.
 * - `exit`: how it ended; a command that was never started has no `pid`.
 */
export type ExecutionEvent =
  | (EventBase & { readonly phase: "plan"; readonly cwd: string | undefined })
  | (EventBase & { readonly phase: "start"; readonly pid: number })
  | (EventBase & { readonly phase: "stdout"; readonly pid: number; readonly lines: readonly string[] })
  | (EventBase & { readonly phase: "stderr"; readonly pid: number; readonly lines: readonly string[] })
  | (EventBase & { readonly phase: "stdin"; readonly pid: number; readonly bytes: number })
  | (EventBase & { readonly phase: "stdinError"; readonly pid: number; readonly bytes: number })
  | (EventBase & {
      readonly phase: "exit";
      readonly pid: number | undefined;
      readonly status: Status;
      /** Status `ok`, or ended because its reader had left, as a pipeline is meant to stop. */
      readonly ok: boolean;
      readonly exitCode: number | null;
      readonly signal: NodeJS.Signals | null;
      readonly durationMs: number;
    });

export type EventPhase = ExecutionEvent["phase"];

/** Somebody who wants to know. What it throws harms no command: it is kept in the result's `observerErrors`. */
export interface Observer {
  /** A promise is awaited before the result is given; for lines, before more is read. */
  readonly onEvent: (event: ExecutionEvent) => void | Promise<void>;
  /** Whether it wants `stdout` and `stderr`. They cost a tap on every hop. Default false. */
  readonly lines?: boolean | undefined;
}
