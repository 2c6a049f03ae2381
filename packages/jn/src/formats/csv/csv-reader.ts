import type { RecordKernels } from "@cuprum/native";
import { type ByteSink, type CarryTail, MAX_RECORD_BYTES, type Transcoder, WireError } from "@jn/wire";
import { badData, usageError } from "../../jn-error.ts";
import { ENCODING_HINT } from "../../json/record-check.ts";
import { validUtf8Until, wholeCharactersUntil } from "../../text/utf8.ts";
import type { BadRecords } from "../../bad-records/bad-records.ts";
import type { Warn } from "../column-names.ts";
import { type CsvDialect, dialectByte } from "./csv-dialect.ts";
import { CsvHeaderReader } from "./csv-header.ts";
import { CsvRows, type CsvRowsOptions } from "./csv-rows.ts";
import { CsvSalvage } from "./csv-salvage.ts";
import { NativeCsvRows } from "./native-csv-rows.ts";
import { RowEnd } from "./row-end.ts";

export interface CsvReaderOptions {
  /** How messages call the source. */
  readonly source: string;
  /** One ASCII character, or `auto`: the one of `, TAB ; |` that the header line has most often. Default `,`. */
  readonly delimiter?: string | undefined;
  /** One ASCII character, or `none`. Default `"`. */
  readonly quote?: string | undefined;
  /** Lines that begin with this character are passed over. Default: none. */
  readonly comment?: string | undefined;
  /** Lines to pass over before the header. Default 0. */
  readonly skip?: number | undefined;
  /** Whether the first row names the columns. Default true; without it they are `col1`, `col2`, ... */
  readonly header?: boolean | undefined;
  /** Names to use instead of the header's (or of `col1`, ...); as many as there are columns. */
  readonly columns?: readonly string[] | undefined;
  /** Whether numbers, booleans and nulls are recognised. Default true; without it every cell is a string. */
  readonly infer?: boolean | undefined;
  /** `error` (default) stops at a row with more or fewer cells than columns; `fill` adds nulls, or columns `colN`. */
  readonly ragged?: "error" | "fill" | undefined;
  /** Longest row accepted, in bytes. Default 256 MiB. */
  readonly maxRecordBytes?: number | undefined;
  /** Told about columns that are called otherwise than in the header. */
  readonly warn?: Warn | undefined;
  /** Takes rows that cannot be read; undefined: they are errors. The header has to be right. */
  readonly bad?: BadRecords | undefined;
  /** The native kernels, if they are to be used for an input of at least this many bytes. Default: never. */
  readonly kernels?: ((bytes: number) => RecordKernels | undefined) | undefined;
}

/**
 * CSV (RFC 4180 and what is found in the wild) to NDJSON, one object a row, keys in column order.
 *
 * Rows are read where they lie in the chunk; only a row that a chunk cuts is copied, and each of its bytes is searched
 * once for the row's end, so that a row of any length costs linear time.
 *
 * @throws JnError `USAGE` for options that cannot be, `BAD_DATA` with line, column and byte for bad input; records
 *   before it are out
 * @throws WireError `RECORD_TOO_LONG`
 */
export function csvReader(options: CsvReaderOptions): Transcoder {
  return new CsvReader(options);
}

class CsvReader implements Transcoder {
  readonly #options: CsvReaderOptions;
  readonly #header: CsvHeaderReader;
  readonly #maxRecordBytes: number;
  #rows: CsvRows | undefined;
  #rowsOptions: CsvRowsOptions | undefined;
  #nativeRows: NativeCsvRows | undefined;
  #rowEnd: RowEnd | undefined;
  #salvage: CsvSalvage | undefined;
  /** The input so far until the header is complete; then the beginning of a row that the last chunk cut. */
  #pending: Buffer = EMPTY;
  #pendingLength = 0;
  /** The byte of the input that the first pending byte, or else the next one, is. */
  #offset = 0;

  constructor(options: CsvReaderOptions) {
    const { source, delimiter = ",", quote = '"', comment, skip = 0, header = true, columns, warn } = options;
    const dialect = {
      delimiter: delimiter === "auto" ? -1 : dialectByte("delimiter", delimiter),
      quote: quote === "none" ? -1 : dialectByte("quote", quote),
      comment: comment === undefined ? -1 : dialectByte("comment", comment),
    };
    requireDifferent(dialect);
    this.#options = options;
    this.#maxRecordBytes = options.maxRecordBytes ?? MAX_RECORD_BYTES;
    const maxRecordBytes = this.#maxRecordBytes;
    const tooLong = this.#tooLong.bind(this);
    this.#header = new CsvHeaderReader({ source, dialect, skip, header, columns, warn, maxRecordBytes, tooLong });
  }

  push(chunk: Buffer, out: ByteSink): void {
    if (this.#salvage !== undefined) this.#salvage.push(chunk, out);
    else if (this.#rowEnd === undefined) {
      const afterReturn = this.#pendingLength > 0 && this.#pending[this.#pendingLength - 1] === CR;
      this.#keep(chunk, 0, chunk.length);
      if (afterReturn || chunk.includes(LF) || chunk.includes(CR)) this.#begin(false, out);
      const unread = this.#pendingLength - Math.max(0, this.#header.at);
      if (this.#rows === undefined && unread > this.#maxRecordBytes + LINE_END_BYTES) this.#tooLong(this.#header.line);
    } else this.#pushRows(chunk, this.#rowEnd, out);
  }

  end(out: ByteSink): void {
    if (this.#rows === undefined) this.#begin(true, out);
    if (this.#salvage !== undefined) this.#salvage.end(out);
    else if (this.#rows !== undefined) this.#parse(this.#rows, this.#pending, 0, this.#pendingLength, true, out);
  }

  carry(fd: number, out: ByteSink, tail?: CarryTail): boolean {
    if (this.#nativeRows === undefined || this.#salvage !== undefined || this.#pendingLength > MAX_TAKEN_BYTES)
      return false;
    const begun = this.#pending.subarray(0, this.#pendingLength);
    const carried = this.#nativeRows.carry(fd, begun, out, tail);
    if (carried === undefined) return false;
    this.#rows!.line += carried.lines;
    this.#offset += begun.length + carried.bytesRead - carried.rest.length;
    this.#pendingLength = 0;
    this.#pushRows(carried.rest, this.#rowEnd!, out);
    return carried.goesOn;
  }

  /** Reads the header from the pending bytes, if it is complete, and the rows after it. */
  #begin(final: boolean, out: ByteSink): void {
    const bytes = this.#pending.subarray(0, this.#pendingLength);
    const header = this.#header.read(bytes, final);
    if (header === undefined) return;
    const { source, infer = true, ragged = "error" } = this.#options;
    const { dialect, columns, line, dataStart } = header;
    const tooLong = this.#tooLong.bind(this);
    const maxRecordBytes = this.#maxRecordBytes;
    this.#rowsOptions = { source, dialect, columns, line, infer, ragged, maxRecordBytes, tooLong };
    this.#rows = new CsvRows(this.#rowsOptions);
    this.#rowEnd = new RowEnd(dialect);
    this.#pending = EMPTY;
    this.#pendingLength = 0;
    this.#offset = dataStart;
    const { bad } = this.#options;
    if (bad !== undefined) {
      this.#salvage = new CsvSalvage(this.#rows, { source, dialect, maxRecordBytes, offset: dataStart, bad });
      this.#salvage.push(bytes.subarray(dataStart), out);
      return;
    }
    this.#pushRows(bytes.subarray(dataStart), this.#rowEnd, out);
  }

  #pushRows(chunk: Buffer, rowEnd: RowEnd, out: ByteSink): void {
    let at = 0;
    if (this.#pendingLength > 0) {
      const end = rowEnd.find(chunk, 0, chunk.length);
      at = end < 0 ? chunk.length : end;
      this.#keep(chunk, 0, at);
      if (end < 0) return;
      this.#parse(this.#rows!, this.#pending, 0, this.#pendingLength, true, out);
      this.#offset += this.#pendingLength;
      this.#pendingLength = 0;
      if (this.#pending.length > MAX_KEPT_BYTES) this.#pending = EMPTY;
    }
    const rest = this.#parse(this.#rows!, chunk, at, chunk.length, false, out);
    this.#offset += rest - at;
    rowEnd.reset();
    rowEnd.find(chunk, rest, chunk.length);
    this.#keep(chunk, rest, chunk.length);
  }

  #parse(rows: CsvRows, bytes: Buffer, start: number, end: number, final: boolean, out: ByteSink): number {
    const offset = this.#offset - start;
    const checked = final ? end : wholeCharactersUntil(bytes, start, end);
    const badAt = validUtf8Until(bytes, start, checked);
    if (badAt === checked) return this.#parseRows(rows, bytes, start, end, final, out);
    const rowStart = this.#wholeRowsEnd(bytes, start, badAt);
    rows.parse(bytes, start, rowStart, true, offset, out);
    // What is wrong before it in its own row is found first.
    rows.parse(bytes, rowStart, badAt, false, offset, out);
    const place = rows.placeIn(bytes, rowStart, badAt, offset);
    throw badData(place, `invalid UTF-8 (byte 0x${bytes[badAt]!.toString(16)}); ${ENCODING_HINT}`);
  }

  /** Valid rows: natively, where that is possible and worthwhile. What the native twin leaves is done here. */
  #parseRows(rows: CsvRows, bytes: Buffer, start: number, end: number, final: boolean, out: ByteSink): number {
    const offset = this.#offset - start;
    const kernels = this.#nativeRows === undefined ? this.#options.kernels?.(this.#offset + end - start) : undefined;
    if (kernels !== undefined) this.#nativeRows = new NativeCsvRows(kernels, this.#rowsOptions!);
    if (this.#nativeRows === undefined) return rows.parse(bytes, start, end, final, offset, out);
    const { at, lines, isTrouble } = this.#nativeRows.parse(bytes, start, end, final, out);
    rows.line += lines;
    return isTrouble ? rows.parse(bytes, at, end, final, offset, out) : at;
  }

  /** Where the row begins that has the byte `at`. */
  #wholeRowsEnd(bytes: Buffer, start: number, at: number): number {
    const rowEnd = this.#rowEnd!;
    let rowStart = start;
    rowEnd.reset();
    for (let next = start; next >= 0; next = rowEnd.find(bytes, rowStart, at + 1)) rowStart = next;
    return rowStart;
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    const length = this.#pendingLength + end - start;
    if (this.#rows !== undefined && length > this.#maxRecordBytes + LINE_END_BYTES) this.#tooLong(this.#rows.line);
    if (length > this.#pending.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#pending.length, INITIAL_BYTES));
      this.#pending.copy(grown, 0, 0, this.#pendingLength);
      this.#pending = grown;
    }
    bytes.copy(this.#pending, this.#pendingLength, start, end);
    this.#pendingLength = length;
  }

  #tooLong(line: number): never {
    throw new WireError(
      "RECORD_TOO_LONG",
      `${this.#options.source}:${line}: a row is longer than ${this.#maxRecordBytes} bytes; is a quote never closed? ` +
        "If it is really one row, raise --max-record-bytes",
    );
  }
}

/** @throws JnError `USAGE` when one character would mean two things */
function requireDifferent({ delimiter, quote, comment }: CsvDialect): void {
  const characters = [delimiter, quote, comment].filter((byte) => byte >= 0);
  if (new Set(characters).size === characters.length) return;
  throw usageError("?delimiter=, ?quote= and ?comment= must be different characters");
}

const LF = 10;
const CR = 13;
const LINE_END_BYTES = 2;
const EMPTY = Buffer.alloc(0);
const INITIAL_BYTES = 4096;
/** What may be parsed again from its beginning once a chunk without costing quadratic time. */
const MAX_TAKEN_BYTES = 64 * 1024;
/** A buffer that one long row made larger than this is given back. */
const MAX_KEPT_BYTES = 1024 * 1024;
