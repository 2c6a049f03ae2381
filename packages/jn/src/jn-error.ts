/**
 * - `USAGE`: the command line, address or filter text is wrong; nothing was read.
 * - `BAD_DATA`: the input is not what it claims to be, or a filter failed on it.
 * - `UPSTREAM`: the stage that wrote our input failed, and has said why; see `upstream`.
 */
export type JnErrorCode = "USAGE" | "BAD_DATA" | "UPSTREAM";

/** How a stage of a pipeline failed. */
export interface StageFailure {
  /** `jn cat`. */
  readonly stage: string;
  readonly exitCode: number;
  readonly message: string;
}

/** An error for the user: its message says what happened, to what, and what to do. Printed without a stack. */
export class JnError extends Error {
  override readonly name = "JnError";
  readonly code: JnErrorCode;
  readonly upstream: StageFailure | undefined;
  /** The record that it is about, if there is one that could be left out. */
  readonly record: { readonly place: Place; readonly reason: string } | undefined;

  constructor(code: JnErrorCode, message: string, options?: JnErrorOptions) {
    super(message, options);
    this.code = code;
    this.upstream = options?.upstream;
    this.record = options?.record;
  }
}

interface JnErrorOptions {
  readonly cause?: unknown;
  readonly upstream?: StageFailure;
  readonly record?: JnError["record"];
}

/** Where in a source something was found. Lines and columns count from 1, bytes from 0. */
export interface Place {
  readonly source: string;
  readonly line: number;
  readonly column?: number | undefined;
  readonly byte?: number | undefined;
}

/** A `BAD_DATA` error in the form `people.csv:12:7 (byte 431): what is wrong`. */
export function badData(place: Place, message: string): JnError {
  const column = place.column === undefined ? "" : `:${place.column}`;
  const byte = place.byte === undefined ? "" : ` (byte ${place.byte})`;
  const record = { place, reason: message };
  return new JnError("BAD_DATA", `${place.source}:${place.line}${column}${byte}: ${message}`, { record });
}

export function usageError(message: string): JnError {
  return new JnError("USAGE", message);
}

/** Says that an error is this stage's, unless it is known already to be another's; messages then begin with its name. */
export function attribute(error: unknown, stage: string): void {
  if (error instanceof Error && !stages.has(error)) stages.set(error, stage);
}

/** The stage that an error is attributed to. */
export function stageOf(error: unknown): string | undefined {
  return error instanceof Error ? stages.get(error) : undefined;
}

/** The variable of the environment that tells a process which stage of whose pipeline it is: `jn run: stage 2, filter`. */
export const STAGE_VARIABLE = "JN_STAGE";

const stages = new WeakMap<Error, string>();
