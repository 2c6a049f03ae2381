import type * as crypto from "node:crypto";
import { builtinModule } from "@jn/wire";

/** The first `length` hexadecimal digits of the SHA-256 of a text. */
export function sha256(text: string, length: number): string {
  // Not before the tests are started: it takes 4 ms to load.
  loaded ??= builtinModule("node:crypto") as typeof crypto;
  return loaded.createHash("sha256").update(text).digest("hex").slice(0, length);
}

let loaded: typeof crypto | undefined;
