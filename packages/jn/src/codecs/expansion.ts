import { JnError } from "../jn-error.ts";
import type { ByteStage } from "../plugins/plugin.ts";
import { counted } from "../streams/counted.ts";

/** How many times its size compressed data may grow to. */
export const MAX_EXPANSION = 100;

/** Below this many bytes nothing is a bomb. */
export const HARMLESS_BYTES: number = 10 * 1024 * 1024;

/**
 * The same decoder, stopped when a little data becomes far too much: an expansion bomb.
 *
 * @throws JnError `BAD_DATA`
 */
export function boundedExpansion(decode: ByteStage, name: string, maxExpansion: number): ByteStage {
  return async function* bounded(input) {
    const taken = { bytes: 0 };
    let given = 0;
    for await (const chunk of decode(counted(input, taken))) {
      given += chunk.length;
      if (given > HARMLESS_BYTES && given > taken.bytes * maxExpansion) {
        throw tooLarge(name, taken.bytes, maxExpansion);
      }
      yield chunk;
    }
  };
}

/** What is said of an expansion bomb. */
export function tooLarge(name: string, packedBytes: number, maxExpansion: number): JnError {
  return new JnError(
    "BAD_DATA",
    `${name}: ${packedBytes} compressed bytes have become more than ${maxExpansion} times as many; ` +
      "if that is right, allow more with ?max-expand=1000",
  );
}
