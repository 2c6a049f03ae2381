import type { ByteSink } from "@jn/wire";
import { escapeByte } from "./json-escape.ts";
import { copyPlain } from "./plain-copy.ts";

/** Appends `bytes[start..end)`, which is UTF-8, as a JSON string. `view` is the same memory as `bytes`. */
export function appendString(bytes: Uint8Array, view: DataView, start: number, end: number, out: ByteSink): void {
  out.reserve(2);
  out.bytes[out.length++] = QUOTE;
  for (let from = start; from < end;) {
    // Room for the worst case, piece by piece: a text of one escape after another is rare, and a long one, too.
    const until = Math.min(end, from + PIECE_BYTES);
    out.reserve(MOST_BYTES_A_BYTE * (until - from) + 4);
    let at = out.length;
    while (from < until) {
      const stop = copyPlain(view, bytes, from, until, out.view, out.bytes, at, QUOTE);
      at += stop - from;
      from = stop;
      if (stop < until) at = escapeByte(bytes[from++]!, out.bytes, at);
    }
    out.length = at;
  }
  out.reserve(1);
  out.bytes[out.length++] = QUOTE;
}

/** Appends a whole number that is not negative, in decimal. */
export function appendCount(count: number, out: ByteSink): void {
  out.reserve(MOST_DIGITS);
  const { bytes } = out;
  let digits = 1;
  for (let rest = count; rest >= 10; rest = Math.floor(rest / 10)) digits++;
  let rest = count;
  for (let at = out.length + digits - 1; at >= out.length; at--) {
    bytes[at] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  out.length += digits;
}

const QUOTE = 34;
const ZERO = 48;
const MOST_DIGITS = 16;
const PIECE_BYTES = 16 * 1024;
/** A control character becomes an escape such as \u0001. */
const MOST_BYTES_A_BYTE = 6;
