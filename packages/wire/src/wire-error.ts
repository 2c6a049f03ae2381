/**
 * What went wrong below the level of formats.
 * - `READER_LEFT`: the other end of our output was closed (EPIPE); end quietly.
 * - `IO`: an operating system call failed; `cause` has its `code` (`ENOENT`, `ENOSPC`, ...).
 * - `RECORD_TOO_LONG`: a record passed `maxRecordBytes`.
 * - `BAD_RECORD`: a line was not valid JSON.
 */
export type WireErrorCode = "READER_LEFT" | "IO" | "RECORD_TOO_LONG" | "BAD_RECORD";

export class WireError extends Error {
  override readonly name = "WireError";
  readonly code: WireErrorCode;

  constructor(code: WireErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The `code` of a failed system call (`ENOENT`), or undefined when the value is no such error. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Turns a failed system call into an `IO` error that says what was being done, to what, and why it failed. */
export function ioError(action: string, name: string, cause: unknown): WireError {
  const code = systemCode(cause) ?? "";
  const reason = REASONS.get(code) ?? (cause instanceof Error ? cause.message : String(cause));
  return new WireError("IO", `cannot ${action} ${name}: ${reason}`, { cause });
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "no such file or directory"],
  ["EACCES", "permission denied"],
  ["EPERM", "operation not permitted"],
  ["EISDIR", "it is a directory"],
  ["ENOTDIR", "a part of the path is not a directory"],
  ["ENOSPC", "no space left on the device; free some and run it again"],
  ["EDQUOT", "the disk quota is used up"],
  ["EFBIG", "the file would pass the size limit"],
  ["EROFS", "the file system is read-only"],
  ["EBADF", "the descriptor is not open"],
  ["EMFILE", "too many open files"],
  ["ELOOP", "too many symbolic links"],
  ["ENAMETOOLONG", "the name is too long"],
  ["EIO", "input/output error"],
  ["ENXIO", "it cannot be opened (a socket?)"],
]);
