/**
 * What is wrong with the native module, or with what it was asked for.
 * - `BROKEN_MODULE`: the module is there but cannot be loaded, or is of another version; `cause` has the reason.
 * - `BAD_DESCRIPTOR`: a number that is no open descriptor of the kind that is needed. It was not taken over.
 * - `BAD_OPTION`: an option that is not what it has to be. Nothing was started.
 * - `SYSTEM`: the system refused a pipe, a descriptor or a thread; `cause` has the reason.
 */
export type NativeErrorCode = "BROKEN_MODULE" | "BAD_DESCRIPTOR" | "BAD_OPTION" | "SYSTEM";

export class NativeError extends Error {
  override readonly name = "NativeError";
  readonly code: NativeErrorCode;

  constructor(code: NativeErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
