import type { CsvDialect } from "./csv-dialect.ts";

/** What a cell can be, told by its first byte. */
export const TEXT = 0;
const TYPED = 1;
export const QUOTED = 2;
export const EMPTY = 3;

/** The kind that each first byte announces. */
export function cellKinds(dialect: CsvDialect, infer: boolean): Uint8Array {
  const kinds = new Uint8Array(256);
  if (infer) {
    kinds.fill(TYPED, ZERO, NINE + 1);
    kinds[MINUS] = TYPED;
    kinds[DOT] = TYPED;
    kinds[LOWER_T] = TYPED;
    kinds[LOWER_F] = TYPED;
  }
  kinds[LF] = EMPTY;
  kinds[CR] = EMPTY;
  kinds[dialect.delimiter] = EMPTY;
  if (dialect.quote >= 0) kinds[dialect.quote] = QUOTED;
  return kinds;
}

/** How many cells the row `bytes[rowStart..end)` has. */
export function countCells(bytes: Buffer, rowStart: number, end: number, { delimiter, quote }: CsvDialect): number {
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

/** Whether the character that begins at `at` may go on after `end`: then it is not known yet whether it is one. */
export function isCutCharacter(byte: number, at: number, end: number): boolean {
  const announced = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
  return at + announced > end;
}

const LF = 10;
const CR = 13;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const LOWER_F = 102;
const LOWER_T = 116;
