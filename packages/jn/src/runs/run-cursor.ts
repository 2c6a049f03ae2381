import type { TemporaryFile } from "./temporary-file.ts";

/** A sorted run in a file. */
export interface Run {
  readonly file: TemporaryFile;
  readonly start: number;
  readonly end: number;
}

/** The entry of a run that comes next. */
export class RunCursor {
  bytes: Buffer;
  /** The key is `bytes[keyStart..keyEnd)`, the record `bytes[keyEnd..end)`. */
  keyStart = 0;
  keyEnd = 0;
  end = 0;
  readonly #run: Run;
  #position: number;
  #filled = 0;

  /** @param memory to be used, as long as no entry is larger */
  constructor(run: Run, memory: Buffer) {
    this.#run = run;
    this.#position = run.start;
    this.bytes = memory;
  }

  /** Goes on to the next entry; false after the last one. */
  next(): boolean {
    let at = this.end;
    if (at + HEAD_BYTES > this.#filled) {
      if (!this.#fill(at, HEAD_BYTES)) return false;
      at = 0;
    }
    const keyLength = this.bytes.readUInt32LE(at);
    const length = HEAD_BYTES + keyLength + this.bytes.readUInt32LE(at + 4);
    if (at + length > this.#filled) {
      this.#fill(at, length);
      at = 0;
    }
    this.keyStart = at + HEAD_BYTES;
    this.keyEnd = this.keyStart + keyLength;
    this.end = at + length;
    return true;
  }

  /** Moves what is left from `at` to the front, and reads on until there are `needed` bytes. */
  #fill(at: number, needed: number): boolean {
    const rest = this.#filled - at;
    if (needed > this.bytes.length) {
      const grown = Buffer.allocUnsafeSlow(needed);
      this.bytes.copy(grown, 0, at, this.#filled);
      this.bytes = grown;
    } else this.bytes.copyWithin(0, at, this.#filled);
    this.#filled = rest;
    while (this.#filled < this.bytes.length && this.#position < this.#run.end) {
      const wanted = Math.min(this.bytes.length - this.#filled, this.#run.end - this.#position);
      const count = this.#run.file.read(this.bytes, this.#filled, wanted, this.#position);
      if (count === 0) break;
      this.#position += count;
      this.#filled += count;
    }
    return this.#filled >= needed;
  }
}

/** In front of each entry of a run: the lengths of its key and its record. */
export const HEAD_BYTES = 8;
