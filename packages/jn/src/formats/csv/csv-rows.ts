import { type ByteSink, viewOf } from "@jn/wire";
import { badData, type JnError, type Place } from "../../jn-error.ts";
import { type CsvColumns, withExtraColumn } from "./csv-columns.ts";
import type { CsvDialect } from "./csv-dialect.ts";
import { copyPlain, copyQuoted } from "./cell-copy.ts";
import { escapeByte } from "./json-escape.ts";
import { contentEnd, RowEnd } from "./row-end.ts";
import { isTypedCell, isTypedText } from "../../text/typed-text.ts";

export interface CsvRowsOptions {
  readonly source: string;
  readonly dialect: CsvDialect;
  readonly columns: CsvColumns;
  /** The line of the first row. */
  readonly line: number;
  readonly infer: boolean;
  readonly ragged: "error" | "fill";
  /** Called with a row longer than this; must throw. */
  readonly maxRecordBytes: number;
  readonly tooLong: (line: number) => never;
}

/** Writes rows of CSV as JSON objects: the hot loop of the reader. */
export class CsvRows {
  /** The number of the line on which the next row begins. */
  line: number;
  readonly #options: CsvRowsOptions;
  #columns: CsvColumns;
  readonly #kinds: Uint8Array;

  constructor(options: CsvRowsOptions) {
    this.#options = options;
    this.#columns = options.columns;
    this.line = options.line;
    this.#kinds = cellKinds(options.dialect, options.infer);
  }

  /**
   * Writes the whole rows of `bytes[start..end)` and returns where the first unfinished one begins.
   *
   * @param final whether the input ends at `end`: then the last row needs no line end
   * @param offset the byte of the input that `bytes[0]` is, for messages
   * @throws JnError `BAD_DATA`; the rows before the bad one are in `out`, nothing of the bad one is
   */
  parse(bytes: Buffer, start: number, end: number, final: boolean, offset: number, out: ByteSink): number {
    const { dialect, infer, ragged, maxRecordBytes } = this.#options;
    const { delimiter, comment, quote } = dialect;
    const kinds = this.#kinds;
    const view = viewOf(bytes);
    let { keyWords, wordEnds, keyLengths } = this.#columns;
    let room = this.#room();
    let to = out.bytes;
    let target = out.view;
    let length = out.length;
    let at = start;

    rows: while (at < end) {
      const rowStart = at;
      const rowOut = length;
      let line = this.line;
      let byte = bytes[at]!;
      if (byte === comment || ((byte === LF || byte === CR) && this.#columns.count > 1)) {
        const next = lineEndAfter(bytes, at, end, final);
        if (next < 0) break;
        if (contentEnd(bytes, at, next) - at > maxRecordBytes) this.#tooLong(rowOut, out);
        at = next;
        this.line++;
        continue;
      }
      if (to.length - length < end - at + room) {
        grow(out, rowOut, length, end - at + room);
        to = out.bytes;
        target = out.view;
      }
      let column = 0;
      for (;;) {
        if (column === keyLengths.length) {
          if (ragged === "error") {
            const rowEnd = new RowEnd(dialect).find(bytes, rowStart, end);
            if (rowEnd >= 0 || final) {
              throw this.#raggedRow(bytes, rowStart, rowEnd < 0 ? end : rowEnd, rowOut, offset, out);
            }
            // How many cells it has is known when it has ended.
            at = rowStart;
            length = rowOut;
            break rows;
          }
          this.#columns = withExtraColumn(this.#columns);
          ({ keyWords, wordEnds, keyLengths } = this.#columns);
          room = this.#room();
          grow(out, rowOut, length, end - at + room);
          to = out.bytes;
          target = out.view;
        }
        const wordEnd = wordEnds[column + 1]!;
        for (let word = wordEnds[column]!, put = length; word < wordEnd; word++, put += 4) {
          target.setInt32(put, keyWords[word]!, true);
        }
        length += keyLengths[column]!;

        let kind = at < end ? kinds[bytes[at]!]! : EMPTY;
        if (kind === QUOTED) {
          const cellStart = at;
          const cellOut = length;
          let escapes = false;
          to[length++] = QUOTE;
          at++;
          for (;;) {
            const runEnd = copyQuoted(view, bytes, at, end, target, to, length, quote);
            length += runEnd - at;
            at = runEnd;
            if (at === end || (bytes[at] === quote && at + 1 === end && !final)) {
              if (final) throw this.#badCell(UNCLOSED, bytes, rowStart, cellStart, column, rowOut, offset, out);
              at = rowStart;
              length = rowOut;
              break rows;
            }
            byte = bytes[at]!;
            if (byte === quote) {
              if (at + 1 === end || bytes[at + 1] !== quote) break;
              at++;
            } else if (byte === LF || (byte === CR && at + 1 < end && bytes[at + 1] !== LF)) line++;
            escapes = true;
            length = escapeByte(byte, to, length);
            at++;
            if (to.length - length < end - at + room) {
              grow(out, rowOut, length, end - at + room);
              to = out.bytes;
              target = out.view;
            }
          }
          at++;
          if (infer && !escapes && isTypedText(to, cellOut + 1, length)) {
            to.copyWithin(cellOut, cellOut + 1, length);
            length--;
          } else to[length++] = QUOTE;
          byte = at < end ? bytes[at]! : LF;
          if (byte !== delimiter && byte !== LF && byte !== CR) {
            if (!final && isCutCharacter(byte, at, end)) {
              at = rowStart;
              length = rowOut;
              break rows;
            }
            throw this.#badCell(AFTER_QUOTE, bytes, rowStart, at, column, rowOut, offset, out);
          }
        } else if (kind === EMPTY) {
          target.setInt32(length, infer ? NULL_WORD : EMPTY_STRING_WORD, true);
          length += infer ? 4 : 2;
        } else {
          if (kind !== TEXT) {
            // Copied as it stands; when it turns out to be text, it is written again with quotes.
            const cellEnd = copyPlain(view, bytes, at, end, target, to, length, delimiter);
            if (cellEnd === end && !final) {
              at = rowStart;
              length = rowOut;
              break rows;
            }
            byte = cellEnd < end ? bytes[cellEnd]! : LF;
            if ((byte === delimiter || byte === LF || byte === CR) && isTypedCell(bytes, at, cellEnd)) {
              length += cellEnd - at;
              at = cellEnd;
            } else kind = TEXT;
          }
          if (kind === TEXT) {
            to[length++] = QUOTE;
            for (;;) {
              const runEnd = copyPlain(view, bytes, at, end, target, to, length, delimiter);
              length += runEnd - at;
              at = runEnd;
              if (at === end) break;
              byte = bytes[at]!;
              if (byte === delimiter || byte === LF || byte === CR) break;
              length = escapeByte(byte, to, length);
              at++;
              if (to.length - length < end - at + room) {
                grow(out, rowOut, length, end - at + room);
                to = out.bytes;
                target = out.view;
              }
            }
            to[length++] = QUOTE;
          }
        }

        // Here the cell has ended: at a delimiter, a line end, or the end of the bytes.
        byte = at < end ? bytes[at]! : LF;
        if (byte === delimiter) {
          at++;
          column++;
          continue;
        }
        if (!final && (at === end || (byte === CR && at + 1 === end))) {
          at = rowStart;
          length = rowOut;
          break rows;
        }
        if (at - rowStart > maxRecordBytes) this.#tooLong(rowOut, out);
        if (byte === CR && at + 1 < end && bytes[at + 1] === LF) at++;
        if (at < end) at++;
        break;
      }

      if (++column < this.#columns.count) {
        if (ragged === "error") throw this.#raggedRow(bytes, rowStart, end, rowOut, offset, out);
        length = this.#fillRow(column, infer ? NULL_WORD : EMPTY_STRING_WORD, target, length);
      }
      to[length++] = CLOSE_BRACE;
      to[length++] = LF;
      this.line = line + 1;
      out.length = length;
      out.commit();
      length = out.length;
      to = out.bytes;
      target = out.view;
    }
    out.length = length;
    return at;
  }

  /** The place of the byte `at` in the row that begins at `rowStart` on the line `line`. */
  placeIn(bytes: Buffer, rowStart: number, at: number, offset: number): Place {
    let line = this.line;
    let lineStart = rowStart;
    for (let i = rowStart; i < at; i++) {
      if (bytes[i] === LF || (bytes[i] === CR && bytes[i + 1] !== LF)) {
        line++;
        lineStart = i + 1;
      }
    }
    return { source: this.#options.source, line, column: at - lineStart + 1, byte: offset + at };
  }

  /** Writes the columns from `first` on, which the row does not have, as nulls (or empty strings). */
  #fillRow(first: number, valueWord: number, target: DataView, start: number): number {
    const { count, keyWords, wordEnds, keyLengths } = this.#columns;
    let length = start;
    for (let column = first; column < count; column++) {
      for (let word = wordEnds[column]!, put = length; word < wordEnds[column + 1]!; word++, put += 4) {
        target.setInt32(put, keyWords[word]!, true);
      }
      length += keyLengths[column]!;
      target.setInt32(length, valueWord, true);
      length += valueWord === NULL_WORD ? 4 : 2;
    }
    return length;
  }

  /** Bytes that a row can need beyond those it has itself: keys, quotes, nulls, one escape. */
  #room(): number {
    return 4 * this.#columns.keyWords.length + 12 * this.#columns.keyLengths.length + 64;
  }

  #tooLong(rowOut: number, out: ByteSink): never {
    out.length = rowOut;
    this.#options.tooLong(this.line);
  }

  #raggedRow(bytes: Buffer, rowStart: number, end: number, rowOut: number, offset: number, out: ByteSink): JnError {
    const cells = this.#countCells(bytes, rowStart, end);
    const expected = this.#columns.count;
    const hint = "add ?ragged=fill to accept it, or check the delimiter and quotes";
    return this.#bad(
      bytes,
      rowStart,
      rowStart,
      rowOut,
      offset,
      out,
      `the row has ${cells} cell${cells === 1 ? "" : "s"}, the header has ${expected}; ${hint}`,
    );
  }

  #badCell(
    problem: string,
    bytes: Buffer,
    rowStart: number,
    at: number,
    column: number,
    rowOut: number,
    offset: number,
    out: ByteSink,
  ): JnError {
    const name = this.#columns.names[column] ?? `col${column + 1}`;
    return this.#bad(bytes, rowStart, at, rowOut, offset, out, `column '${name}': ${problem}`);
  }

  #bad(
    bytes: Buffer,
    rowStart: number,
    at: number,
    rowOut: number,
    offset: number,
    out: ByteSink,
    message: string,
  ): JnError {
    out.length = rowOut;
    return badData(this.placeIn(bytes, rowStart, at, offset), message);
  }

  #countCells(bytes: Buffer, rowStart: number, end: number): number {
    const { delimiter, quote } = this.#options.dialect;
    let cells = 1;
    let cellStart = rowStart;
    let isQuoted = false;
    let insideQuotes = false;
    for (let at = rowStart; at < end; at++) {
      const byte = bytes[at];
      if (byte === quote && (isQuoted || at === cellStart)) {
        isQuoted = true;
        insideQuotes = !insideQuotes;
      } else if (insideQuotes) continue;
      else if (byte === LF || byte === CR) break;
      else if (byte === delimiter) {
        cells++;
        cellStart = at + 1;
        isQuoted = false;
      }
    }
    return cells;
  }
}

/** Makes room in the sink for a row that is being written: `length` bytes are used, the row began at `rowOut`. */
function grow(out: ByteSink, rowOut: number, length: number, extra: number): void {
  out.length = length;
  out.reserve(extra);
  out.length = rowOut;
}

/** The index after the line end that is at or after `at`; -1 when more bytes must decide. */
function lineEndAfter(bytes: Uint8Array, at: number, end: number, final: boolean): number {
  let i = at;
  while (i < end && bytes[i] !== LF && bytes[i] !== CR) i++;
  if (i < end && bytes[i] === CR) {
    if (i + 1 < end) return bytes[i + 1] === LF ? i + 2 : i + 1;
  } else if (i < end) return i + 1;
  return final ? end : -1;
}

/** Whether the character that begins at `at` may go on after `end`: then it is not known yet whether it is one. */
function isCutCharacter(byte: number, at: number, end: number): boolean {
  const announced = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
  return at + announced > end;
}

/** What a cell can be, told by its first byte. */
const TEXT = 0;
const TYPED = 1;
const QUOTED = 2;
const EMPTY = 3;

function cellKinds(dialect: CsvDialect, infer: boolean): Uint8Array {
  const kinds = new Uint8Array(256);
  if (infer) {
    kinds.fill(TYPED, ZERO, NINE + 1);
    kinds[MINUS] = TYPED;
    kinds[LOWER_T] = TYPED;
    kinds[LOWER_F] = TYPED;
  }
  kinds[LF] = EMPTY;
  kinds[CR] = EMPTY;
  kinds[dialect.delimiter] = EMPTY;
  if (dialect.quote >= 0) kinds[dialect.quote] = QUOTED;
  return kinds;
}

const UNCLOSED = "the quote that opens this cell is never closed; close it, or read with ?quote=none";
const AFTER_QUOTE = "text after the closing quote; a quote inside a quoted cell must be doubled";

const LF = 10;
const CR = 13;
const QUOTE = 34;
const MINUS = 45;
const ZERO = 48;
const NINE = 57;
const LOWER_F = 102;
const LOWER_T = 116;
const CLOSE_BRACE = 125;
const NULL_WORD: number = Buffer.from("null").readInt32LE();
const EMPTY_STRING_WORD: number = Buffer.from('""  ').readInt32LE();
