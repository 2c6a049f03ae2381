/**
 * Copies cell text four bytes at a time, up to the first byte that needs attention.
 *
 * Byte loops are the cost of a reader in JavaScript (about 2 ns a byte where a word takes 3), so each word is copied
 * whole and tested by arithmetic on its four bytes at once: `(w - 0x01010101) & ~w & 0x80808080` marks the zero bytes of
 * w (Mycroft; Warren, Hacker's Delight, section 6-1), and its lowest mark is always right. Up to three bytes after the
 * copied ones are overwritten in the target, which must have room for them.
 */

/**
 * Copies `bytes[start..)` to `to[at..)` up to the first delimiter, quotation mark, backslash or control character.
 *
 * @returns the index of that byte, or `end`
 */
export function copyPlain(
  view: DataView,
  bytes: Uint8Array,
  start: number,
  end: number,
  target: DataView,
  to: Uint8Array,
  at: number,
  delimiter: number,
): number {
  const delimiters = delimiter * ONES;
  let from = start;
  let put = at;
  for (; from + 4 <= end; from += 4, put += 4) {
    const word = view.getInt32(from, true);
    target.setInt32(put, word, true);
    const quote = word ^ QUOTES;
    const backslash = word ^ BACKSLASHES;
    const cell = word ^ delimiters;
    const marks =
      (((quote - ONES) & ~quote) |
        ((backslash - ONES) & ~backslash) |
        ((cell - ONES) & ~cell) |
        ((word - SPACES) & ~word)) &
      HIGH_BITS;
    if (marks !== 0) return from + firstMarked(marks);
  }
  for (; from < end; from++, put++) {
    const byte = bytes[from]!;
    if (byte === delimiter || byte < SPACE || byte === QUOTE || byte === BACKSLASH) return from;
    to[put] = byte;
  }
  return end;
}

/** The same up to the first closing quote (`quote`), quotation mark, backslash or control character. */
export function copyQuoted(
  view: DataView,
  bytes: Uint8Array,
  start: number,
  end: number,
  target: DataView,
  to: Uint8Array,
  at: number,
  quote: number,
): number {
  return copyPlain(view, bytes, start, end, target, to, at, quote);
}

/** The number (0 to 3) of the first byte in memory order that is marked by its high bit. */
function firstMarked(marks: number): number {
  return (31 - Math.clz32(marks & -marks)) >> 3;
}

const ONES = 0x01010101;
const HIGH_BITS = 0x80808080 | 0;
const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;
const SPACES = SPACE * ONES;
const QUOTES = QUOTE * ONES;
const BACKSLASHES = BACKSLASH * ONES;
