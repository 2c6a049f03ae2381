import { readXlsx, streamXlsxRows } from "hucre/xlsx";
import { JnError, usageError } from "../../jn-error.ts";
import type { Bytes, ByteStage, PluginContext } from "../../plugins/plugin.ts";
import { linesOf } from "../../streams/values.ts";
import { tooLong } from "../record-length.ts";
import { RowRecords } from "../row-records.ts";
import { cellsOf, rowsOf, wholeSheet } from "./xlsx-sheet.ts";
import { requireHarmless } from "./zip-sizes.ts";

export interface XlsxReaderOptions {
  /** A name, or a number from 1. */
  readonly sheet?: string | undefined;
  readonly header?: boolean | undefined;
  readonly skip?: number | undefined;
  readonly range?: string | undefined;
  readonly mode: "table" | "raw" | "stats";
  /** Whether each cell of a merged range has the value of the first one. */
  readonly fillsMerged: boolean;
  /** Whether a formula is its text, not the value that was saved with it. */
  readonly showsFormulas: boolean;
}

/**
 * The rows of a sheet, read one by one; the compressed file is held in memory, and the sheet itself where merged cells, formulas or cells
 * one by one are asked for. Dates become ISO text; formulas are the values that Excel saved with them. Rows without a value are passed over.
 *
 * @throws JnError `BAD_DATA`, also for a file that would grow to far more than its size
 */
export function xlsxReader(context: PluginContext, options: XlsxReaderOptions): ByteStage {
  const range = options.range === undefined ? undefined : parsedRange(options.range);
  return (input) => linesOf(records(input, context, options, range), context);
}

async function* records(
  input: Bytes,
  context: PluginContext,
  { sheet = "1", header = true, skip = 0, mode, fillsMerged, showsFormulas }: XlsxReaderOptions,
  range: Range | undefined,
): AsyncGenerator<unknown, void, undefined> {
  const file = await held(input, context);
  const isWhole = mode !== "table" || fillsMerged || showsFormulas;
  requireHarmless(file, context.name, (part) =>
    isWhole ? BYTES_PER_BYTE : part === SHARED_TEXT ? BYTES_PER_TEXT_BYTE : 0,
  );
  if (mode === "stats") {
    const { sheets } = await readXlsx(file);
    for (const [index, { name, rows }] of sheets.entries()) {
      const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
      const cells = rows.reduce((sum, row) => sum + row.filter(isValue).length, 0);
      yield { sheet: name, number: index + 1, rows: rows.length, columns, cells };
    }
    return;
  }
  const number = await sheetNumber(file, sheet, context.name);
  if (mode === "raw") {
    for (const cell of cellsOf(await wholeSheet(file, number))) {
      if (range === undefined || isIn(range, cell.row - 1, cell.column - 1)) yield cell;
    }
    return;
  }
  const found: unknown[] = [];
  const table = new RowRecords((value) => found.push(value), { header, warn: context.warn });
  let left = skip;
  const rows =
    fillsMerged || showsFormulas
      ? rowsOf(await wholeSheet(file, number), { fillsMerged, showsFormulas })
      : streamXlsxRows(file, { sheet: number });
  for await (const { index, values } of rows) {
    if (range !== undefined && index > range.bottom) return;
    if (range !== undefined && index < range.top) continue;
    const cells = values.slice(range?.left ?? 0, range === undefined ? undefined : range.right + 1);
    if (!cells.some(isValue)) continue;
    if (left > 0) {
      left--;
      continue;
    }
    table.row(cells, (value) => (value instanceof Date ? value.toISOString() : isValue(value) ? String(value) : ""));
    yield* found;
    found.length = 0;
  }
}

/** Texts that cells refer to by number. */
const SHARED_TEXT = "xl/sharedStrings.xml";
/** Of memory for a byte of XML, twice what was measured: of texts, and of a sheet that is held. */
const BYTES_PER_TEXT_BYTE = 4;
const BYTES_PER_BYTE = 6;

function isIn({ left, top, right, bottom }: Range, row: number, column: number): boolean {
  return row >= top && row <= bottom && column >= left && column <= right;
}

/** The index of a sheet, from 0, by its name or else its number. */
async function sheetNumber(file: Uint8Array, sheet: string, name: string): Promise<number> {
  const names: string[] = [];
  await readXlsx(file, {
    sheets: (info) => {
      names.push(info.name);
      return false;
    },
  });
  const byName = names.indexOf(sheet);
  const index = byName >= 0 || !/^\d+$/.test(sheet) ? byName : Number(sheet) - 1;
  if (index >= 0 && index < names.length) return index;
  throw new JnError("BAD_DATA", `${name}: there is no sheet '${sheet}'; there are: ${names.join(", ")}`);
}

function isValue(value: unknown): boolean {
  return value !== null && value !== undefined && value !== "";
}

async function held(input: Bytes, { name, maxRecordBytes }: PluginContext): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxRecordBytes) throw tooLong(name, maxRecordBytes);
  }
  return Buffer.concat(chunks);
}

/** Rows and columns from 0, the last ones included. */
interface Range {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function parsedRange(text: string): Range {
  const [, left, top, right, bottom] = /^([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)$/i.exec(text) ?? [];
  if (bottom === undefined) throw usageError(`?range= is like A1:D10, not '${text}'`);
  return { left: columnOf(left!), top: Number(top) - 1, right: columnOf(right!), bottom: Number(bottom) - 1 };
}

function columnOf(letters: string): number {
  return [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}
