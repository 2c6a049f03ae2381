import {
  BACKSLASH,
  CARRIAGE_RETURN,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  ENDS_PLAIN_RUN,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
  TAB,
} from "./json-bytes.ts";

/**
 * Validates JSON text in place, without building values: RFC 8259, strictly.
 *
 * Every function takes the index of the first byte of its construct and returns the index after it, or `~at` (negative)
 * where `at` is the byte that is wrong. The text must be followed by a newline inside the buffer: no construct can
 * contain a raw newline, so scanning always stops there and needs no bounds of its own. Whitespace between tokens is
 * therefore space, tab and carriage return only.
 */

/** Deepest nesting accepted; more is an error instead of a stack that overflows somewhere downstream. */
export const MAX_DEPTH: number = 10_000;

/** Scans any value. */
export function scanValue(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first === QUOTE) return scanString(bytes, at);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return scanContainer(bytes, at);
  return scanScalar(bytes, at);
}

/** Scans a string from its opening quote. Does not check UTF-8: callers check whole blocks, which is cheaper. */
export function scanString(bytes: Uint8Array, at: number): number {
  let i = at + 1;
  for (;;) {
    while (ENDS_PLAIN_RUN[bytes[i]!] === 0) i++;
    if (bytes[i] === QUOTE) return i + 1;
    if (bytes[i] !== BACKSLASH) return ~i;
    const escaped = bytes[i + 1]!;
    if (escaped === LOWER_U) {
      for (let digit = 2; digit < 6; digit++) if (!isHexDigit(bytes[i + digit]!)) return ~(i + digit);
      i += 6;
    } else if (IS_ESCAPE[escaped] === 1) i += 2;
    else return ~(i + 1);
  }
}

/** Scans an object or array, without recursion. */
export function scanContainer(bytes: Uint8Array, at: number): number {
  let depth = 0;
  let i = at;
  for (;;) {
    // Here a value starts at i.
    const first = bytes[i]!;
    if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      if (depth === MAX_DEPTH) return ~i;
      isObject[depth++] = first === OPEN_BRACE ? 1 : 0;
      i = skipBlanks(bytes, i + 1);
      if (bytes[i] !== (first === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET)) {
        if (first === OPEN_BRACE && (i = scanKey(bytes, i)) < 0) return i;
        continue;
      }
      i++;
      depth--;
    } else {
      i = first === QUOTE ? scanString(bytes, i) : scanScalar(bytes, i);
      if (i < 0) return i;
    }
    // Here a value has ended before i.
    for (;;) {
      if (depth === 0) return i;
      let next = bytes[i]!;
      if (next <= SPACE) next = bytes[(i = skipBlanks(bytes, i))]!;
      const inObject = isObject[depth - 1] === 1;
      if (next === COMMA) {
        i++;
        if (bytes[i]! <= SPACE) i = skipBlanks(bytes, i);
        if (inObject && (i = scanKey(bytes, i)) < 0) return i;
        break;
      }
      if (next !== (inObject ? CLOSE_BRACE : CLOSE_BRACKET)) return ~i;
      i++;
      depth--;
    }
  }
}

/** Scans a number, `true`, `false` or `null`. */
export function scanScalar(bytes: Uint8Array, at: number): number {
  switch (bytes[at]) {
    case LOWER_T:
      return scanWord(bytes, at, TRUE);
    case LOWER_F:
      return scanWord(bytes, at, FALSE);
    case LOWER_N:
      return scanWord(bytes, at, NULL);
    default:
      return scanNumber(bytes, at);
  }
}

/** The first index from `at` on that is no space, tab or carriage return. */
export function skipBlanks(bytes: Uint8Array, at: number): number {
  let i = at;
  for (;;) {
    const byte = bytes[i];
    if (byte !== SPACE && byte !== TAB && byte !== CARRIAGE_RETURN) return i;
    i++;
  }
}

function scanKey(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== QUOTE) return ~at;
  let i = scanString(bytes, at);
  if (i < 0) return i;
  if (bytes[i] !== COLON) {
    i = skipBlanks(bytes, i);
    if (bytes[i] !== COLON) return ~i;
  }
  i++;
  return bytes[i]! <= SPACE ? skipBlanks(bytes, i) : i;
}

function scanNumber(bytes: Uint8Array, at: number): number {
  let i = at;
  if (bytes[i] === MINUS) i++;
  if (bytes[i] === ZERO) i++;
  else if (isDigit(bytes[i]!)) i = skipDigits(bytes, i);
  else return ~i;
  if (bytes[i] === DOT) {
    if (!isDigit(bytes[++i]!)) return ~i;
    i = skipDigits(bytes, i);
  }
  if (bytes[i] === LOWER_E || bytes[i] === UPPER_E) {
    i++;
    if (bytes[i] === PLUS || bytes[i] === MINUS) i++;
    if (!isDigit(bytes[i]!)) return ~i;
    i = skipDigits(bytes, i);
  }
  return i;
}

function skipDigits(bytes: Uint8Array, at: number): number {
  let i = at + 1;
  while (isDigit(bytes[i]!)) i++;
  return i;
}

function scanWord(bytes: Uint8Array, at: number, word: Uint8Array): number {
  for (let k = 1; k < word.length; k++) if (bytes[at + k] !== word[k]) return ~(at + k);
  return at + word.length;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || ((byte | 32) >= 97 && (byte | 32) <= 102);
}

const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const UPPER_E = 69;
const LOWER_E = 101;
const LOWER_F = 102;
const LOWER_N = 110;
const LOWER_T = 116;
const LOWER_U = 117;
const TRUE: Uint8Array = Buffer.from("true");
const FALSE: Uint8Array = Buffer.from("false");
const NULL: Uint8Array = Buffer.from("null");

/** 1 for what may follow a backslash, `u` apart. */
const IS_ESCAPE = new Uint8Array(256);
for (const byte of Buffer.from('"\\/bfnrt')) IS_ESCAPE[byte] = 1;

/** Whether the container at each depth is an object. Shared by all calls: scanning is synchronous and never re-entered. */
const isObject = new Uint8Array(MAX_DEPTH);
