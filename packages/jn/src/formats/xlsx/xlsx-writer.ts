import { type CellValue, writeXlsxStream } from "hucre/xlsx";
import { badData } from "../../jn-error.ts";
import { RawJson, valueText } from "../../json/value-text.ts";
import type { Bytes, ByteStage, PluginContext } from "../../plugins/plugin.ts";
import { valuesOf } from "../../streams/values.ts";
import { KeyedRows } from "../keyed-rows.ts";

export interface XlsxWriterOptions {
  /** Default `Sheet1`. */
  readonly sheet?: string | undefined;
  readonly columns?: readonly string[] | undefined;
}

/** NDJSON objects to a workbook of one sheet, a row a record, streamed. Arrays and objects become their JSON text. */
export function xlsxWriter(context: PluginContext, options: XlsxWriterOptions): ByteStage {
  return async function* written(input) {
    const { sheet: name = "Sheet1", columns } = options;
    const rows = new KeyedRows({ source: context.name, columns }, "rows of a sheet");
    const stream = writeXlsxStream(cells(input, rows, context), { name });
    for await (const chunk of stream) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  };
}

async function* cells(
  input: Bytes,
  rows: KeyedRows,
  context: PluginContext,
): AsyncGenerator<CellValue[], void, undefined> {
  let isFirst = true;
  for await (const [value, line] of valuesOf(input, context)) {
    let row;
    try {
      row = rows.cells(value);
    } catch (error) {
      throw badData({ source: context.name, line }, error instanceof Error ? error.message : String(error));
    }
    if (isFirst) yield [...rows.columns];
    isFirst = false;
    yield row.map((cell) => cellOf(cell));
  }
  if (isFirst) yield [...rows.columns];
}

/** A number that Excel, which has doubles, would change is written as text. */
function cellOf(value: unknown): CellValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return String(value);
  if (value instanceof RawJson) return value.text;
  if (typeof value === "object") return valueText(value);
  return value as string | number | boolean;
}
