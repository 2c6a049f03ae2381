import type { Result } from "./execution/result.ts";

/**
 * What went wrong.
 * - `UNKNOWN_PROGRAM`: the catalogue has no such program.
 * - `DUPLICATE_PROGRAM`, `DUPLICATE_PROJECT`, `INVALID_CATALOGUE`: a catalogue's definition contradicts itself.
 * - `FORBIDDEN_PROGRAM`: a scope does not allow it.
 * - `PROGRAM_NOT_FOUND`: no executable file of that name was on the path when the catalogue was defined.
 * - `INVALID_ARGUMENT`: an argument or a builder's value was refused.
 * - `INVALID_OPTION`: an option of ours has a value that means nothing.
 * - `BACKEND_UNAVAILABLE`: the stream backend that was asked for is not there.
 * - `PIPE_FAILED`: the system refused to make a pipe.
 * - `SPAWN_FAILED`: the system refused to start a program.
 * - `HOOK_FAILED`: a hook threw; `cause` is what it threw.
 * - `IO`: a file for the input or the output could not be opened, or not be put in its place; `cause` is the system's error.
 * - `INPUT_FAILED`: the source of the standard input threw.
 * - `OUTPUT_FAILED`: what a command printed could not be handed on: the disk was full, for instance.
 * - `EXIT`, `SIGNAL`, `TIMEOUT`, `CANCELLED`: how a command ended, when it was to be checked.
 * - `OUTPUT_TRUNCATED`: the output was longer than `maxCaptureBytes`, and it was to be checked.
 * - `ENCODING`: the output is not valid in its encoding, and `fatal` was set.
 */
export type CuprumErrorCode =
  | "UNKNOWN_PROGRAM"
  | "DUPLICATE_PROGRAM"
  | "DUPLICATE_PROJECT"
  | "INVALID_CATALOGUE"
  | "FORBIDDEN_PROGRAM"
  | "PROGRAM_NOT_FOUND"
  | "INVALID_ARGUMENT"
  | "INVALID_OPTION"
  | "BACKEND_UNAVAILABLE"
  | "PIPE_FAILED"
  | "SPAWN_FAILED"
  | "HOOK_FAILED"
  | "IO"
  | "INPUT_FAILED"
  | "OUTPUT_FAILED"
  | "EXIT"
  | "SIGNAL"
  | "TIMEOUT"
  | "CANCELLED"
  | "OUTPUT_TRUNCATED"
  | "ENCODING";

/** Everything that cuprum throws. The message says what happened, to what, and what to do; secrets are redacted. */
export class CuprumError extends Error {
  override readonly name: string = "CuprumError";
  readonly code: CuprumErrorCode;
  /** How far the execution came, with everything read from it so far; undefined when nothing had been started. */
  declare readonly result: Result | undefined;

  constructor(code: CuprumErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : {});
    this.code = code;
    // Not enumerable: who prints an error wants to read what happened, not megabytes of output.
    Object.defineProperty(this, "result", { value: details.result });
  }
}

export interface ErrorDetails {
  readonly cause?: unknown;
  readonly result?: Result | undefined;
}

/** A catalogue was asked for a program that it does not have. */
export class UnknownProgramError extends CuprumError {
  override readonly name = "UnknownProgramError";
  readonly program: string;

  constructor(program: string, known: readonly string[]) {
    super(
      "UNKNOWN_PROGRAM",
      `program ${JSON.stringify(program)} is not in the catalogue, which has ${known.join(", ") || "none"}; add it there`,
    );
    this.program = program;
  }
}
