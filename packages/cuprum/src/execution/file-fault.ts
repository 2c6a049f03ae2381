import { WireError } from "@jn/wire";
import { CuprumError } from "../cuprum-error.ts";
import type { Result } from "./result.ts";

/** A file that cannot be opened, or put in its place, as an error of ours. Anything else stays what it is. */
export function fileFault(error: unknown, result?: Result): unknown {
  if (!(error instanceof WireError)) return error;
  return new CuprumError("IO", error.message, { cause: error.cause, result });
}
