import { type ByteSink, viewOf } from "@jn/wire";
import { badData, type JnError, type Place } from "../../jn-error.ts";
import { cellKinds, countCells, EMPTY, isCutCharacter, QUOTED, TEXT } from "./cell-kind.ts";
import {
  type CsvColumns,
  EMPTY_STRING_WORD,
  fillColumns,
  NULL_WORD,
  roomBesideRow,
  withExtraColumn,
} from "./csv-columns.ts";
import type { CsvDialect } from "./csv-dialect.ts";
import { copyPlain, copyQuoted } from "../../text/plain-copy.ts";
import { escapeByte } from "../../text/json-escape.ts";
import { contentEnd, lineEndAfter, RowEnd } from "./row-end.ts";
import { isBareFraction, isTypedCell, isTypedText, putZero } from "../../text/typed-text.ts";

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
  /** After an error: where the bad row begins, and what reading can go on after: the row, or, its quotes being in doubt, its line. */
  failed: { readonly start: number; readonly after: "row" | "line" } = { start: 0, after: "row" };
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
    let room = roomBesideRow(this.#columns);
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
        if (contentEnd(bytes, at, next) - at > maxRecordBytes) this.#tooLong(rowStart, rowOut, out);
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
          room = roomBesideRow(this.#columns);
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
          } else if (infer && !escapes && isBareFraction(to, cellOut + 1, length)) putZero(to, cellOut);
          else to[length++] = QUOTE;
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
            } else if ((byte === delimiter || byte === LF || byte === CR) && isBareFraction(bytes, at, cellEnd)) {
              to.copyWithin(length + 1, length, length + cellEnd - at);
              putZero(to, length);
              length += cellEnd - at + 1;
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
        if (at - rowStart > maxRecordBytes) this.#tooLong(rowStart, rowOut, out);
        if (byte === CR && at + 1 < end && bytes[at + 1] === LF) at++;
        if (at < end) at++;
        break;
      }

      if (++column < this.#columns.count) {
        if (ragged === "error") throw this.#raggedRow(bytes, rowStart, end, rowOut, offset, out);
        length = fillColumns(this.#columns, column, infer ? NULL_WORD : EMPTY_STRING_WORD, target, length);
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

  #tooLong(rowStart: number, rowOut: number, out: ByteSink): never {
    out.length = rowOut;
    this.failed = { start: rowStart, after: "line" };
    this.#options.tooLong(this.line);
  }

  #raggedRow(bytes: Buffer, rowStart: number, end: number, rowOut: number, offset: number, out: ByteSink): JnError {
    const cells = countCells(bytes, rowStart, end, this.#options.dialect);
    const expected = this.#columns.count;
    const hint = "add ?ragged=fill to accept it, or check the delimiter and quotes";
    const problem = `the row has ${cells} cell${cells === 1 ? "" : "s"}, the header has ${expected}; ${hint}`;
    this.failed = { start: rowStart, after: "row" };
    return this.#bad(bytes, rowStart, rowStart, rowOut, offset, out, problem);
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
    this.failed = { start: rowStart, after: "line" };
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
}

/** Makes room in the sink for a row that is being written: `length` bytes are used, the row began at `rowOut`. */
function grow(out: ByteSink, rowOut: number, length: number, extra: number): void {
  out.length = length;
  out.reserve(extra);
  out.length = rowOut;
}

const UNCLOSED = "the quote that opens this cell is never closed; close it, or read with ?quote=none";
const AFTER_QUOTE = "text after the closing quote; a quote inside a quoted cell must be doubled";

const LF = 10;
const CR = 13;
const QUOTE = 34;
const CLOSE_BRACE = 125;
