import { type Cell, type CellValue, colToLetter, readXlsx } from "hucre/xlsx";

/** A row of a sheet; `index` counts from 0. */
export interface SheetRow {
  readonly index: number;
  readonly values: readonly unknown[];
}

/** What is known of a cell besides its value. */
export interface CellRecord {
  readonly sheet: string;
  readonly ref: string;
  /** Row and column count from 1. */
  readonly row: number;
  readonly column: number;
  readonly value: unknown;
  readonly formula?: string;
  readonly comment?: string;
  /** The cells that are merged into this one. */
  readonly merged?: string;
  readonly hidden?: true;
}

type Sheet = Awaited<ReturnType<typeof readXlsx>>["sheets"][number];

/** A sheet as a whole, which is needed for what stands after the cells in the file: merged cells and comments. */
export async function wholeSheet(file: Uint8Array, number: number): Promise<Sheet> {
  const { sheets } = await readXlsx(file, { sheets: [number] });
  return sheets[0]!;
}

/** Its rows; on demand each merged cell has the value of the first one, and a formula is its text. */
export function* rowsOf(
  { rows, cells, merges = [] }: Sheet,
  { fillsMerged, showsFormulas }: { readonly fillsMerged: boolean; readonly showsFormulas: boolean },
): Generator<SheetRow, void, undefined> {
  const shown = rows.map((row, at) =>
    showsFormulas ? row.map((value, column) => formulaOf(cells?.get(`${at},${column}`)) ?? value) : [...row],
  );
  for (const { startRow, startCol, endRow, endCol } of fillsMerged ? merges : []) {
    const value: CellValue = shown[startRow]?.[startCol] ?? null;
    for (let at = startRow; at <= Math.min(endRow, shown.length - 1); at++) {
      const row = shown[at]!;
      for (let column = startCol; column <= endCol; column++) {
        while (row.length < column) row.push(null);
        row[column] = value;
      }
    }
  }
  for (const [index, values] of shown.entries()) yield { index, values };
}

/** A record for each cell that has something. */
export function* cellsOf(sheet: Sheet): Generator<CellRecord, void, undefined> {
  const merged = new Map(
    (sheet.merges ?? []).map(({ startRow, startCol, endRow, endCol }) => [
      `${startRow},${startCol}`,
      `${refOf(startRow, startCol)}:${refOf(endRow, endCol)}`,
    ]),
  );
  for (const [at, values] of sheet.rows.entries()) {
    const isHidden = sheet.rowDefs?.get(at)?.hidden === true;
    for (const [column, value] of values.entries()) {
      const key = `${at},${column}`;
      const cell = sheet.cells?.get(key);
      const formula = formulaOf(cell);
      const comment = cell?.comment?.text;
      const range = merged.get(key);
      const isEmpty = value === null || value === undefined || value === "";
      if (isEmpty && formula === undefined && comment === undefined && range === undefined) continue;
      yield {
        sheet: sheet.name,
        ref: refOf(at, column),
        row: at + 1,
        column: column + 1,
        value: value ?? null,
        ...(formula !== undefined && { formula }),
        ...(comment !== undefined && { comment }),
        ...(range !== undefined && { merged: range }),
        ...((isHidden || sheet.columns?.[column]?.hidden === true) && { hidden: true }),
      };
    }
  }
}

function formulaOf(cell: Cell | undefined): string | undefined {
  return cell?.formula === undefined ? undefined : `=${cell.formula}`;
}

function refOf(row: number, column: number): string {
  return `${colToLetter(column)}${row + 1}`;
}
