import { ExactNumber } from "./value/exact-number.ts";
import { needsExactParse, parseExact } from "./value/json-text.ts";
import type { Value } from "./value/value.ts";

/** The value of the checked JSON text `bytes[start..end)`. */
export function readValue(bytes: Buffer, start: number, end: number): Value {
  switch (bytes[start]) {
    case QUOTE:
      if (hasBackslash(bytes, start + 1, end - 1)) return JSON.parse(bytes.toString("utf8", start, end)) as string;
      return bytes.toString("utf8", start + 1, end - 1);
    case LOWER_T:
      return true;
    case LOWER_F:
      return false;
    case LOWER_N:
      return null;
    case OPEN_BRACE:
    case OPEN_BRACKET: {
      const text = bytes.toString("utf8", start, end);
      return needsExactParse(bytes, start, end) ? parseExact(text) : (JSON.parse(text) as Value);
    }
    default:
      return readNumber(bytes, start, end);
  }
}

/**
 * Up to 15 digits are read without making a string: the digits as an integer, which is exact, divided by a power of ten,
 * which is exact too, so that the one rounding gives the nearest double (Clinger 1990, the fast path). What a double would
 * print otherwise than it stands here (`1.50`, `1e3`, `-0`, `0.0000001`) keeps its text.
 */
function readNumber(bytes: Buffer, start: number, end: number): Value {
  let at = bytes[start] === MINUS ? start + 1 : start;
  if (end - at > MAX_QUICK_BYTES || bytes[end - 1] === ZERO || bytes[at] === ZERO) return slowNumber(bytes, start, end);
  let digits = 0;
  let decimals = -1;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === DOT) decimals = 0;
    else if (byte > NINE) return slowNumber(bytes, start, end);
    else {
      digits = digits * 10 + byte - ZERO;
      if (decimals >= 0) decimals++;
    }
  }
  // Sixteen bytes are fifteen digits and a point; sixteen digits may be too many for a double.
  if (decimals < 0 && digits > MAX_QUICK_INTEGER) return slowNumber(bytes, start, end);
  const magnitude = decimals > 0 ? digits / POWERS_OF_TEN[decimals]! : digits;
  return bytes[start] === MINUS ? -magnitude : magnitude;
}

function slowNumber(bytes: Buffer, start: number, end: number): Value {
  return ExactNumber.parse(bytes.toString("latin1", start, end));
}

export function hasBackslash(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return true;
  return false;
}

const QUOTE = 34;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const LOWER_F = 102;
const LOWER_N = 110;
const LOWER_T = 116;
const OPEN_BRACE = 123;
const MAX_QUICK_BYTES = 16;
const MAX_QUICK_INTEGER = 999_999_999_999_999;
const POWERS_OF_TEN: Float64Array = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
