/**
 * - `USAGE`: the command line or a setting is wrong; nothing was started.
 * - `NOT_STARTED`: the command could not be started.
 */
export type ThreepioErrorCode = "USAGE" | "NOT_STARTED";

/** An error for the user: its message says what happened, to what, and what to do. Printed without a stack. */
export class ThreepioError extends Error {
  override readonly name = "ThreepioError";
  readonly code: ThreepioErrorCode;

  constructor(code: ThreepioErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export function usageError(message: string): ThreepioError {
  return new ThreepioError("USAGE", message);
}
