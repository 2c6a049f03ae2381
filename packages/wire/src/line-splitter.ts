import { copyBytes } from "./byte-sink.ts";
import { WireError } from "./wire-error.ts";

export interface LineOptions {
  /** Longest line accepted, in bytes without its newline. Default 256 MiB. */
  readonly maxRecordBytes?: number | undefined;
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
  #pending: Buffer = EMPTY;
  #pendingLength = 0;
  /** Bytes of the lines already handed on: the offset at which the next line starts. */
  #offset = 0;

  constructor(onLines: OnLines, options: LineOptions = {}) {
    this.#onLines = onLines;
    this.#maxRecordBytes = options.maxRecordBytes ?? MAX_RECORD_BYTES;
  }

  push(chunk: Buffer): void {
    let start = 0;
    if (this.#pendingLength > 0) {
      const newline = chunk.indexOf(NEWLINE);
      start = newline + 1;
      this.#keep(chunk, 0, newline < 0 ? chunk.length : start);
      if (newline < 0) return;
      this.#release();
    }
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > start) this.#handOn(chunk, start, end);
    this.#keep(chunk, Math.max(start, end), chunk.length);
  }

  end(): void {
    if (this.#pendingLength === 0) return;
    this.#keep(NEWLINE_BYTES, 0, 1);
    this.#release();
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    const length = this.#pendingLength + end - start;
    const newlines = bytes[end - 1] === NEWLINE ? 1 : 0;
    if (length - newlines > this.#maxRecordBytes) throw tooLong(this.#offset, this.#maxRecordBytes);
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
    const goodEnd = end - start > this.#maxRecordBytes ? this.#shortLinesEnd(chunk, start, end) : end;
    this.#offset += goodEnd - start;
    if (goodEnd > start) this.#onLines(chunk, start, goodEnd);
    if (goodEnd < end) throw tooLong(this.#offset, this.#maxRecordBytes);
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
/** A buffer that one long line made larger than this is given back. */
const MAX_KEPT_BYTES = 1024 * 1024;
