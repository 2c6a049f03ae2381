import { binaryFormatOfBytes } from "../../codecs/magic.ts";
import { badData, usageError, type Place } from "../../jn-error.ts";
import { ENCODING_HINT } from "../../json/record-check.ts";
import { validUtf8Until } from "../../text/utf8.ts";
import type { Warn } from "../column-names.ts";
import { type CsvColumns, headerColumns, numberedColumns } from "./csv-columns.ts";
import { type CsvDialect, DELIMITER_CANDIDATES } from "./csv-dialect.ts";
import { contentEnd, RowEnd } from "./row-end.ts";

export interface CsvHeaderOptions {
  readonly source: string;
  /** The delimiter is -1 when the header line is to decide. */
  readonly dialect: CsvDialect;
  /** Lines to pass over first. */
  readonly skip: number;
  readonly header: boolean;
  readonly columns: readonly string[] | undefined;
  readonly warn: Warn | undefined;
  /** Called with the number of a line longer than this; must throw. */
  readonly maxRecordBytes: number;
  readonly tooLong: (line: number) => never;
}

export interface CsvHeader {
  readonly dialect: CsvDialect;
  readonly columns: CsvColumns;
  /** Where the first row of data begins, and the number of its line. */
  readonly dataStart: number;
  readonly line: number;
}

/**
 * Reads everything before the data from the beginning of the input: byte order mark, lines to skip, comments, the header.
 *
 * Can be called again and again with more of the input, and does not search twice what it has searched.
 */
export class CsvHeaderReader {
  /** Where the line begins that is being read, and its number: what is before it is passed over for good. */
  at = -1;
  line = 1;
  readonly #options: CsvHeaderOptions;
  #row: { readonly dialect: CsvDialect; readonly rowEnd: RowEnd } | undefined;
  #searched = 0;

  constructor(options: CsvHeaderOptions) {
    this.#options = options;
  }

  /**
   * @param bytes the input so far
   * @param final whether that is all there is
   * @returns undefined while the header is not complete, or when there is none and no data either
   * @throws JnError `BAD_DATA`, `USAGE`
   */
  read(bytes: Buffer, final: boolean): CsvHeader | undefined {
    if (this.at < 0) this.at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    this.#row ??= this.#findRow(bytes, final);
    if (this.#row === undefined) return undefined;
    const { dialect, rowEnd } = this.#row;
    const found = rowEnd.find(bytes, this.#searched, bytes.length);
    this.#searched = bytes.length;
    if (found < 0 && !final) return undefined;
    const end = found < 0 ? bytes.length : found;
    this.#checkLength(bytes, end);
    checkIsText(bytes, this.#options.source);
    return headerOf(bytes, this.at, end, this.line, dialect, this.#options);
  }

  /** Passes over the lines before the header. */
  #findRow(bytes: Buffer, final: boolean): { readonly dialect: CsvDialect; readonly rowEnd: RowEnd } | undefined {
    const { skip } = this.#options;
    const dialect = { ...this.#options.dialect };
    for (; ; this.line++) {
      const end = lineEnd(bytes, this.at, final);
      if (end < 0) return undefined;
      const first = bytes[this.at];
      this.#searched = this.at;
      if (this.line > skip && first !== dialect.comment && first !== LF && first !== CR) {
        if (dialect.delimiter < 0) dialect.delimiter = detectDelimiter(bytes, this.at, end, dialect.quote);
        return { dialect, rowEnd: new RowEnd(dialect) };
      }
      this.#checkLength(bytes, end);
      this.at = end;
    }
  }

  #checkLength(bytes: Buffer, end: number): void {
    const { maxRecordBytes, tooLong } = this.#options;
    if (contentEnd(bytes, this.at, end) - this.at > maxRecordBytes) tooLong(this.line);
  }
}

/** A file of another format may well be one long line without a line end: a header, and no records. */
function checkIsText(bytes: Buffer, source: string): void {
  const format = binaryFormatOfBytes(bytes);
  if (format !== undefined)
    throw badData({ source, line: 1, byte: 0 }, `this is no CSV but begins like ${format}; read it as ~${format}`);
}

/** What the header `bytes[at..end)`, on the line `line`, says. */
function headerOf(
  bytes: Buffer,
  at: number,
  end: number,
  line: number,
  dialect: CsvDialect,
  options: CsvHeaderOptions,
): CsvHeader {
  const { source, header, columns: given, warn } = options;
  const badAt = validUtf8Until(bytes, at, end);
  const start: Place = { source, line, byte: at };
  if (badAt < end) {
    const before = bytes.toString("utf8", at, badAt);
    throw badData(placeAfter(before, start), `invalid UTF-8 in the header; ${ENCODING_HINT}`);
  }
  const cells = splitRow(bytes.toString("utf8", at, end), dialect, start);
  if (given !== undefined && given.length !== cells.length) {
    throw usageError(
      `${source}:${line}: ?columns= names ${given.length} columns, but the first row has ${cells.length}`,
    );
  }
  const names = given ?? (header ? cells : undefined);
  const columns = names === undefined ? numberedColumns(cells.length) : headerColumns(names, warn);
  if (!header) return { dialect, columns, dataStart: at, line };
  return { dialect, columns, dataStart: end, line: line + newlinesIn(bytes, at, end) };
}

/** The candidate that the line has most often outside quotes; a comma when it has none. */
function detectDelimiter(bytes: Buffer, start: number, end: number, quote: number): number {
  const counts = new Map(DELIMITER_CANDIDATES.map((candidate) => [candidate, 0]));
  let insideQuotes = false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === quote) insideQuotes = !insideQuotes;
    else if (!insideQuotes && counts.has(byte)) counts.set(byte, counts.get(byte)! + 1);
  }
  return DELIMITER_CANDIDATES.reduce((best, candidate) =>
    counts.get(candidate)! > counts.get(best)! ? candidate : best,
  );
}

/** The cells of one row as text, nothing inferred. */
function splitRow(row: string, dialect: CsvDialect, start: Place): string[] {
  const text = row.replace(/(?:\r\n|\r|\n)$/, "");
  const delimiter = String.fromCharCode(dialect.delimiter);
  const quote = dialect.quote < 0 ? undefined : String.fromCharCode(dialect.quote);
  const cells: string[] = [];
  for (let at = 0; ; at++) {
    if (quote !== undefined && text[at] === quote) {
      const opened = at;
      let cell = "";
      for (;;) {
        const close = text.indexOf(quote, at + 1);
        if (close < 0)
          throw badData(placeAfter(text.slice(0, opened), start), "this quote in the header is never closed");
        cell += text.slice(at + 1, close);
        at = close + 1;
        if (text[at] !== quote) break;
        cell += quote;
      }
      if (at < text.length && text[at] !== delimiter) {
        const place = placeAfter(text.slice(0, at), start);
        throw badData(place, `'${text[at]}' after a closing quote; double a quote that is text`);
      }
      cells.push(cell);
    } else {
      const end = text.indexOf(delimiter, at);
      cells.push(text.slice(at, end < 0 ? text.length : end));
      at = end < 0 ? text.length : end;
    }
    if (at >= text.length) return cells;
  }
}

/** The place after the text `before` that begins at the place `start`. */
function placeAfter(before: string, start: Place): Place {
  const lines = before.split(/\r\n|\r|\n/);
  return {
    source: start.source,
    line: start.line + lines.length - 1,
    column: Buffer.byteLength(lines.at(-1)!) + 1,
    byte: start.byte! + Buffer.byteLength(before),
  };
}

/** The index after the line that begins at `at`, or -1 when it is not complete yet (or there is none). */
function lineEnd(bytes: Buffer, at: number, final: boolean): number {
  for (let i = at; i < bytes.length; i++) {
    if (bytes[i] === LF) return i + 1;
    if (bytes[i] !== CR) continue;
    if (i + 1 === bytes.length && !final) return -1;
    return bytes[i + 1] === LF ? i + 2 : i + 1;
  }
  return final && at < bytes.length ? bytes.length : -1;
}

function newlinesIn(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) {
    if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) count++;
  }
  return count;
}

const LF = 10;
const CR = 13;
