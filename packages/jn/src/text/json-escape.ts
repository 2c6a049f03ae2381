/** Writes one byte that a JSON string cannot contain as it is; returns the index after it. Needs up to 6 bytes of room. */
export function escapeByte(byte: number, to: Uint8Array, at: number): number {
  let i = at;
  to[i++] = BACKSLASH;
  const letter = SHORT[byte]!;
  if (letter !== 0) {
    to[i++] = letter;
    return i;
  }
  if (byte >= 32) return at + writePlain(byte, to, at);
  to[i++] = LOWER_U;
  to[i++] = ZERO;
  to[i++] = ZERO;
  to[i++] = HEX[byte >> 4]!;
  to[i++] = HEX[byte & 15]!;
  return i;
}

/** A quote character of a dialect that JSON has no quarrel with. */
function writePlain(byte: number, to: Uint8Array, at: number): number {
  to[at] = byte;
  return 1;
}

const ZERO = 48;
const BACKSLASH = 92;
const LOWER_U = 117;
const HEX: Uint8Array = Buffer.from("0123456789abcdef");

/** The letter after the backslash, for the bytes that have one. */
const SHORT = new Uint8Array(256);
for (const [byte, letter] of [
  ['"', '"'],
  ["\\", "\\"],
  ["\b", "b"],
  ["\f", "f"],
  ["\n", "n"],
  ["\r", "r"],
  ["\t", "t"],
] as const) {
  SHORT[byte.charCodeAt(0)] = letter.charCodeAt(0);
}
