import { closeSync, openSync } from "node:fs";
import { asyncBufferFromFile, type FileMetaData, parquetReadObjects, parquetSchema, type RowGroup } from "hyparquet";
import { HARMLESS_BYTES, tooLarge } from "../../codecs/expansion.ts";
import { JnError } from "../../jn-error.ts";
import type { Bytes, ByteStage, PluginContext } from "../../plugins/plugin.ts";
import { isIndexLike } from "../../json/object-members.ts";
import { spooled } from "../../streams/spool.ts";
import { linesOf } from "../../streams/values.ts";
import { requireRoom } from "../parsing-room.ts";
import { PAGE_CODECS } from "./parquet-codecs.ts";
import { parquetFooter } from "./parquet-footer.ts";
import { columnPages } from "./parquet-pages.ts";
import { PARSERS, takeDecimals, withDecimals } from "./parquet-values.ts";

export interface ParquetReaderOptions {
  /** Only these columns; undefined: all. */
  readonly columns: readonly string[] | undefined;
  /** How many times its size compressed data may grow to. */
  readonly maxExpansion: number;
}

/**
 * The rows of a Parquet file. At most one row group is in memory at a time; of a large one, 64 MiB of it, if its columns are flat. Integers of 64 bits
 * and decimals keep their digits, dates become ISO text.
 */
export function parquetReader(context: PluginContext, options: ParquetReaderOptions): ByteStage {
  return (input) => linesOf(rows(input, context, options), context);
}

async function* rows(
  input: Bytes,
  { name, maxRecordBytes }: PluginContext,
  { columns, maxExpansion }: ParquetReaderOptions,
): AsyncGenerator<unknown, void, undefined> {
  const spool = await spooled(input);
  const fd = openSync(spool.path, "r");
  try {
    const metadata = parquetFooter(fd, name, maxRecordBytes);
    const file = await asyncBufferFromFile(spool.path);
    const decimals = takeDecimals(metadata);
    const parsers = decimals.size === 0 ? PARSERS : { ...PARSERS, geometryFromBytes: (bytes: Uint8Array) => bytes };
    const reading = { file, metadata, compressors: PAGE_CODECS, parsers, ...(columns && { columns: [...columns] }) };
    const areFlat = haveFlatColumns(metadata, columns);
    const names = namesOf(metadata);
    const maySwap = names.some(isIndexLike);
    let rowStart = 0;
    for (const [index, group] of metadata.row_groups.entries()) {
      const where = `${name}: row group ${index + 1}`;
      const size = sizeOf(fd, group, columns, { areFlat, maxExpansion, where });
      const rowCount = Number(group.num_rows);
      // The pages of other columns are read up to the end of the row group, whatever is wanted of them.
      const atOnce = areFlat ? Math.max(1, Math.floor((rowCount * PART_BYTES) / size.heap)) : rowCount;
      // A page is unpacked as a whole.
      const part = Math.max(size.packed + PART_BYTES, size.largestPages);
      requireRoom(where, areFlat ? Math.min(size.heap, part) : size.heap);
      const groupEnd = rowStart + rowCount;
      while (rowStart < groupEnd) {
        const rowEnd = Math.min(groupEnd, rowStart + atOnce);
        for (const row of await parquetReadObjects({ ...reading, rowStart, rowEnd })) {
          const values = decimals.size === 0 ? row : withDecimals(row, decimals);
          yield maySwap ? inOrder(values, names) : values;
        }
        rowStart = rowEnd;
      }
    }
  } finally {
    closeSync(fd);
    spool.remove();
  }
}

function haveFlatColumns(metadata: FileMetaData, wanted: readonly string[] | undefined): boolean {
  return parquetSchema(metadata).children.every(
    ({ element, children }) =>
      wanted?.includes(element.name) === false || (children.length === 0 && element.repetition_type !== "REPEATED"),
  );
}

function namesOf(metadata: FileMetaData): readonly string[] {
  return parquetSchema(metadata).children.map(({ element }) => element.name);
}

/** The library's rows are objects, in which names such as `2024` come first. */
function inOrder(row: Record<string, unknown>, names: readonly string[]): ReadonlyMap<string, unknown> {
  return new Map(names.filter((name) => Object.hasOwn(row, name)).map((name) => [name, row[name]]));
}

interface GroupSize {
  /** In the file. */
  readonly packed: number;
  /** In memory: the bytes when they are unpacked, and rows with a value for each of theirs. */
  readonly heap: number;
  /** In memory, of the largest page of each column. */
  readonly largestPages: number;
}

/** @throws JnError `BAD_DATA` for pages that grow too much; Error for numbers that do not fit together */
function sizeOf(
  fd: number,
  { columns, num_rows: rowCount }: RowGroup,
  wanted: readonly string[] | undefined,
  {
    areFlat,
    maxExpansion,
    where,
  }: { readonly areFlat: boolean; readonly maxExpansion: number; readonly where: string },
): GroupSize {
  const size = { packed: 0, heap: BYTES_PER_ROW * Number(rowCount), largestPages: 0 };
  let unpacked = 0;
  for (const { meta_data: about } of columns) {
    const column = about?.path_in_schema[0];
    if (about === undefined || column === undefined || wanted?.includes(column) === false) continue;
    const pages = columnPages(fd, about, BYTES_PER_VALUE, (packed, bytes) => {
      if (bytes > HARMLESS_BYTES && bytes > packed * maxExpansion) throw tooLarge(where, packed, maxExpansion);
    });
    if (areFlat && pages.values !== Number(rowCount))
      throw new JnError(
        "BAD_DATA",
        `${where} has ${rowCount} rows, and ${pages.values} values of the column ${column}; it is damaged`,
      );
    size.packed += pages.packed;
    unpacked += pages.bytes;
    size.heap += pages.bytes + BYTES_PER_VALUE * pages.values;
    size.largestPages += pages.largestHeap;
  }
  if (unpacked > HARMLESS_BYTES && unpacked > size.packed * maxExpansion)
    throw tooLarge(where, size.packed, maxExpansion);
  return size;
}

/** Of the heap, together what the peak memory of `jn cat` is for a row of one column (143 bytes each of 1.1 million). */
const BYTES_PER_ROW = 80;
const BYTES_PER_VALUE = 60;

/** What is read of a row group at a time. Its columns are gone through anew for each part, so there should be few. */
const PART_BYTES = 64 * 1024 * 1024;
