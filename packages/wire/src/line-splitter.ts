import { copyBytes } from "./byte-sink.ts";
import { WireError } from "./wire-error.ts";

export interface LineOptions {
  /** Longest line accepted, in bytes without its newline. Default 256 MiB. */
  readonly maxRecordBytes?: number | undefined;
  /** Takes lines that are longer, instead of an error: the first bytes of such a line, at most 64 KiB, and its length. */
  readonly onTooLong?: ((head: Buffer, length: number) => void) | undefined;
}

/** Default bound of one record: 256 MiB. */
export const MAX_RECORD_BYTES: number = 256 * 1024 * 1024;

/** Receives `bytes[start..end)`: one or more whole lines, each ending in a newline. Valid during the call only. */
export type OnLines = (bytes: Buffer, start: number, end: number) => void;

/**
 * Cuts a byte stream at newlines and hands on whole lines, as many at a time as the chunk has.
 *
 * Each byte is looked at once, however long the line and however small the chunks: only new bytes are searched, and the
 * unfinished line is kept in a buffer that doubles. A last line without a newline is given one by `end`.
 */
export class LineSplitter {
  readonly #onLines: OnLines;
  readonly #maxRecordBytes: number;
  readonly #onTooLong: LineOptions["onTooLong"];
  /** The line that is too long and has not ended: its first bytes, and its length so far. */
  #long: { readonly head: Buffer[]; headLength: number; length: number } | undefined;
  #pending: Buffer = EMPTY;
  #pendingLength = 0;
  /** Bytes of the lines already handed on: the offset at which the next line starts. */
  #offset = 0;

  constructor(onLines: OnLines, options: LineOptions = {}) {
    this.#onLines = onLines;
    this.#maxRecordBytes = options.maxRecordBytes ?? MAX_RECORD_BYTES;
    this.#onTooLong = options.onTooLong;
  }

  push(chunk: Buffer): void {
    let start = 0;
    if (this.#long !== undefined) {
      start = this.#passOver(chunk, 0);
      if (this.#long !== undefined) return;
    }
    if (this.#pendingLength > 0) {
      const newline = chunk.indexOf(NEWLINE);
      start = newline + 1;
      this.#keep(chunk, 0, newline < 0 ? chunk.length : start);
      if (newline < 0) return;
      if (this.#pendingLength > 0) this.#release();
    }
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > start) this.#handOn(chunk, start, end);
    this.#keep(chunk, Math.max(start, end), chunk.length);
  }

  end(): void {
    if (this.#long !== undefined) this.#endLong();
    if (this.#pendingLength === 0) return;
    this.#keep(NEWLINE_BYTES, 0, 1);
    this.#release();
  }

  /** Whether there is a line that has not ended. */
  get hasBegun(): boolean {
    return this.#long !== undefined || this.#pendingLength > 0;
  }

  /** Gives back the line that has not ended, to be pushed again or passed; undefined for a long one. Valid until the next call. */
  takeBegun(): Buffer | undefined {
    if (this.#long !== undefined || this.#pendingLength > MAX_TAKEN_BYTES) return undefined;
    const begun = this.#pending.subarray(0, this.#pendingLength);
    this.#pendingLength = 0;
    return begun;
  }

  /** That many bytes of the input, in whole lines, were dealt with elsewhere. */
  pass(bytes: number): void {
    this.#offset += bytes;
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    const length = this.#pendingLength + end - start;
    const newlines = bytes[end - 1] === NEWLINE ? 1 : 0;
    if (length - newlines > this.#maxRecordBytes) {
      this.#beginLong();
      this.#passOver(this.#pending.subarray(0, this.#pendingLength), 0);
      this.#pendingLength = 0;
      this.#passOver(bytes.subarray(start, end), 0);
      return;
    }
    if (length > this.#pending.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#pending.length, INITIAL_BYTES));
      this.#pending.copy(grown, 0, 0, this.#pendingLength);
      this.#pending = grown;
    }
    copyBytes(bytes, start, end, this.#pending, this.#pendingLength);
    this.#pendingLength = length;
  }

  #release(): void {
    const line = this.#pending;
    const length = this.#pendingLength;
    this.#pendingLength = 0;
    this.#offset += length;
    this.#onLines(line, 0, length);
    if (line.length > MAX_KEPT_BYTES) this.#pending = EMPTY;
  }

  #handOn(chunk: Buffer, start: number, end: number): void {
    for (let at = start; at < end;) {
      const goodEnd = end - at > this.#maxRecordBytes ? this.#shortLinesEnd(chunk, at, end) : end;
      this.#offset += goodEnd - at;
      if (goodEnd > at) this.#onLines(chunk, at, goodEnd);
      if (goodEnd === end) return;
      this.#beginLong();
      at = this.#passOver(chunk, goodEnd);
    }
  }

  #beginLong(): void {
    if (this.#onTooLong === undefined) throw tooLong(this.#offset, this.#maxRecordBytes);
    this.#long = { head: [], headLength: 0, length: 0 };
  }

  /** Passes over what `bytes` has of the line that is too long, and returns where it goes on. */
  #passOver(bytes: Buffer, start: number): number {
    const long = this.#long!;
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const kept = Math.min(end - start, MAX_HEAD_BYTES - long.headLength);
    if (kept > 0) long.head.push(Buffer.from(bytes.subarray(start, start + kept)));
    long.headLength += kept;
    long.length += end - start;
    if (newline < 0) return end;
    this.#endLong();
    return newline + 1;
  }

  #endLong(): void {
    const { head, length } = this.#long!;
    this.#long = undefined;
    this.#offset += length + 1;
    this.#onTooLong!(Buffer.concat(head), length);
  }

  /** Where the first line that is too long begins, or `end`. */
  #shortLinesEnd(chunk: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end) {
      const newline = chunk.indexOf(NEWLINE, at);
      if (newline - at > this.#maxRecordBytes) break;
      at = newline + 1;
    }
    return at;
  }
}

function tooLong(offset: number, maxRecordBytes: number): WireError {
  return new WireError(
    "RECORD_TOO_LONG",
    `the record at byte ${offset} is longer than ${maxRecordBytes} bytes; raise the bound if it is really one record`,
  );
}

const NEWLINE = 10;
const NEWLINE_BYTES = Buffer.from("\n");
const EMPTY = Buffer.alloc(0);
const INITIAL_BYTES = 4096;
const MAX_HEAD_BYTES = 64 * 1024;
/** What may be taken back once a chunk without costing quadratic time. */
const MAX_TAKEN_BYTES = 64 * 1024;
/** A buffer that one long line made larger than this is given back. */
const MAX_KEPT_BYTES = 1024 * 1024;
