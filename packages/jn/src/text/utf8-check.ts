import { validUtf8Until, wholeCharactersUntil } from "./utf8.ts";

/** Checks a byte stream for UTF-8, chunk by chunk: a character may be cut by a chunk's end. */
export class Utf8Check {
  /** The beginning of a character that the last chunk cut: at most three bytes. */
  #cut: Buffer = EMPTY;

  /**
   * The index of the first byte of `chunk` that is wrong, or its length when all is well. Negative when it is the beginning
   * of a character that an earlier chunk cut.
   */
  firstBad(chunk: Buffer): number {
    const rest = this.#completeCut(chunk);
    if (rest < 0) return rest;
    const whole = wholeCharactersUntil(chunk, rest, chunk.length);
    const badAt = validUtf8Until(chunk, rest, whole);
    if (badAt < whole) return badAt;
    if (whole < chunk.length) this.#cut = Buffer.from(chunk.subarray(whole));
    return chunk.length;
  }

  /** Whether the input may end here: not inside a character. */
  get complete(): boolean {
    return this.#cut.length === 0;
  }

  /** Returns the index in `chunk` after the cut character, or (negative) where it began when the chunk does not complete it. */
  #completeCut(chunk: Buffer): number {
    if (this.#cut.length === 0) return 0;
    let taken = 0;
    const began = -this.#cut.length;
    let joined = this.#cut;
    while (taken < chunk.length && wholeCharactersUntil(joined, 0, joined.length) < joined.length) {
      if ((chunk[taken]! & 0xc0) !== 0x80) return began;
      joined = Buffer.concat([joined, chunk.subarray(taken, ++taken)]);
    }
    if (wholeCharactersUntil(joined, 0, joined.length) < joined.length) {
      this.#cut = joined;
      return taken;
    }
    this.#cut = EMPTY;
    return validUtf8Until(joined, 0, joined.length) === joined.length ? taken : began;
  }
}

const EMPTY: Buffer = Buffer.alloc(0);
