import { type ByteSink, WireError } from "@jn/wire";
import { type BadRecords, MAX_RAW_BYTES } from "../../bad-records/bad-records.ts";
import { badData, type JnError } from "../../jn-error.ts";
import { ENCODING_HINT } from "../../json/record-check.ts";
import { validUtf8Until, wholeCharactersUntil } from "../../text/utf8.ts";
import type { CsvDialect } from "./csv-dialect.ts";
import type { CsvRows } from "./csv-rows.ts";
import { contentEnd, lineEndAfter, RowEnd } from "./row-end.ts";

export interface CsvSalvageOptions {
  readonly source: string;
  readonly dialect: CsvDialect;
  readonly maxRecordBytes: number;
  /** The byte of the input at which the rows begin. */
  readonly offset: number;
  readonly bad: BadRecords;
}

/**
 * Reads on after bad rows. One with too many or too few cells, or with bytes that are no UTF-8, costs that row; one whose quotes
 * are wrong, or that never ends, costs the line it begins on, so that a lost quote does not take the rest of the file.
 */
export class CsvSalvage {
  readonly #rows: CsvRows;
  readonly #options: CsvSalvageOptions;
  readonly #rowEnd: RowEnd;
  /** The rows from the first one that is not complete. */
  #pending: Buffer = Buffer.alloc(0);
  #length = 0;
  #offset: number;
  /** A line longer than a row may be, that has not ended. */
  #long: LongLine | undefined;

  constructor(rows: CsvRows, options: CsvSalvageOptions) {
    this.#rows = rows;
    this.#options = options;
    this.#rowEnd = new RowEnd(options.dialect);
    this.#offset = options.offset;
  }

  push(chunk: Buffer, out: ByteSink): void {
    let from = 0;
    while (from < chunk.length) {
      if (this.#long !== undefined) {
        from = this.#passOver(this.#long, chunk, from);
        continue;
      }
      const searched = this.#length;
      this.#keep(chunk, from, chunk.length);
      from = chunk.length;
      const isComplete = this.#rowEnd.find(this.#pending, searched, this.#length) >= 0;
      if (isComplete || this.#length > this.#longest) this.#read(false, out);
    }
  }

  end(out: ByteSink): void {
    if (this.#long !== undefined) this.#endLong(this.#long);
    this.#read(true, out);
  }

  get #longest(): number {
    return this.#options.maxRecordBytes + LINE_END_BYTES;
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    const length = this.#length + end - start;
    if (length > this.#pending.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#pending.length));
      this.#pending.copy(grown, 0, 0, this.#length);
      this.#pending = grown;
    }
    bytes.copy(this.#pending, this.#length, start, end);
    this.#length = length;
  }

  /** Reads the rows that are pending, and keeps what is not complete. */
  #read(final: boolean, out: ByteSink): void {
    const rest = this.#readRows(this.#pending.subarray(0, this.#length), final, out);
    this.#offset += rest;
    this.#pending.copyWithin(0, rest, this.#length);
    this.#length -= rest;
    this.#rowEnd.reset();
    this.#rowEnd.find(this.#pending, 0, this.#length);
  }

  #readRows(bytes: Buffer, final: boolean, out: ByteSink): number {
    const rows = this.#rows;
    const checked = final ? bytes.length : wholeCharactersUntil(bytes, 0, bytes.length);
    let badAt = validUtf8Until(bytes, 0, checked);
    for (let at = 0; ;) {
      if (badAt < at) badAt = validUtf8Until(bytes, at, checked);
      try {
        if (badAt === checked) {
          const rest = rows.parse(bytes, at, bytes.length, final, this.#offset, out);
          if (bytes.length - rest <= this.#longest) return rest;
          rows.failed = { start: rest, after: "line" };
          throw this.#tooLong();
        }
        this.#readUntilBadByte(bytes, at, badAt, out);
      } catch (error) {
        const { start, after } = rows.failed;
        const end = this.#endOfBad(bytes, start, after, final);
        if (end < 0) {
          if (bytes.length - start <= this.#longest) return start;
          this.#long = { head: Buffer.alloc(0), length: 0, afterReturn: false, byte: this.#offset + start };
          this.#passOver(this.#long, bytes, start);
          return bytes.length;
        }
        const raw = { bytes, start, end: contentEnd(bytes, start, end), byte: this.#offset + start };
        this.#options.bad.take(error instanceof WireError ? this.#tooLong() : error, raw);
        rows.line += linesIn(bytes, start, end);
        at = end;
      }
    }
  }

  /** Reads the rows before the one with the byte that is no UTF-8, which is then the bad one. */
  #readUntilBadByte(bytes: Buffer, at: number, badAt: number, out: ByteSink): never {
    const rows = this.#rows;
    const rowEnd = new RowEnd(this.#options.dialect);
    let rowStart = at;
    for (let next = at; next >= 0; next = rowEnd.find(bytes, rowStart, badAt + 1)) rowStart = next;
    rows.parse(bytes, at, rowStart, true, this.#offset, out);
    // What is wrong before it in its own row is found first.
    rows.parse(bytes, rowStart, badAt, false, this.#offset, out);
    rows.failed = { start: rowStart, after: "row" };
    const place = rows.placeIn(bytes, rowStart, badAt, this.#offset);
    throw badData(place, `invalid UTF-8 (byte 0x${bytes[badAt]!.toString(16)}); ${ENCODING_HINT}`);
  }

  /** The index after the bad row or line; -1 when more bytes must tell. */
  #endOfBad(bytes: Buffer, start: number, after: "row" | "line", final: boolean): number {
    if (after === "line") return lineEndAfter(bytes, start, bytes.length, final);
    const end = new RowEnd(this.#options.dialect).find(bytes, start, bytes.length);
    return end < 0 && final ? bytes.length : end;
  }

  /** Passes over the rest of a line that is too long; returns where the next one begins, or the length. */
  #passOver(long: LongLine, bytes: Buffer, start: number): number {
    let at = start;
    if (long.afterReturn) {
      this.#endLong(long, bytes[at] === LF ? 2 : 1);
      return bytes[at] === LF ? at + 1 : at;
    }
    while (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) at++;
    const kept = Math.min(at - start, MAX_RAW_BYTES - long.head.length);
    if (kept > 0) long.head = Buffer.concat([long.head, bytes.subarray(start, start + kept)]);
    long.length += at - start;
    if (at === bytes.length) return at;
    if (bytes[at] === LF) {
      this.#endLong(long, 1);
      return at + 1;
    }
    long.afterReturn = true;
    return at + 1;
  }

  #endLong(long: LongLine, endBytes = 0): void {
    this.#long = undefined;
    const { head, length, byte } = long;
    this.#options.bad.take(this.#tooLong(), { bytes: head, start: 0, end: head.length, byte, length });
    this.#offset = byte + length + endBytes;
    this.#rows.line++;
  }

  #tooLong(): JnError {
    const { source, maxRecordBytes } = this.#options;
    const problem = `the row is longer than ${maxRecordBytes} bytes, or a quote in it is never closed`;
    return badData({ source, line: this.#rows.line }, problem);
  }
}

interface LongLine {
  head: Buffer;
  length: number;
  /** Whether its last byte so far was a CR. */
  afterReturn: boolean;
  /** The byte of the input at which it begins. */
  readonly byte: number;
}

function linesIn(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) count++;
  return count;
}

const LF = 10;
const CR = 13;
const LINE_END_BYTES = 2;
