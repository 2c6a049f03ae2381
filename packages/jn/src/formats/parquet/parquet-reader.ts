import {
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type FileMetaData,
  type RowGroup,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { HARMLESS_BYTES, tooLarge } from "../../codecs/expansion.ts";
import type { Bytes, ByteStage, PluginContext } from "../../plugins/plugin.ts";
import { isIndexLike } from "../../json/object-members.ts";
import { spooled } from "../../streams/spool.ts";
import { linesOf } from "../../streams/values.ts";
import { requireRoom } from "../parsing-room.ts";
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
export function parquetReader({ name }: PluginContext, options: ParquetReaderOptions): ByteStage {
  return (input) => linesOf(rows(input, name, options), name);
}

async function* rows(
  input: Bytes,
  name: string,
  { columns, maxExpansion }: ParquetReaderOptions,
): AsyncGenerator<unknown, void, undefined> {
  const spool = await spooled(input);
  try {
    const file = await asyncBufferFromFile(spool.path);
    const metadata = await parquetMetadataAsync(file);
    const decimals = takeDecimals(metadata);
    const parsers = decimals.size === 0 ? PARSERS : { ...PARSERS, geometryFromBytes: (bytes: Uint8Array) => bytes };
    const wanted = columns === undefined ? {} : { columns: [...columns] };
    const areFlat = haveFlatColumns(metadata, columns);
    const names = namesOf(metadata);
    const maySwap = names.some(isIndexLike);
    let rowStart = 0;
    for (const [index, group] of metadata.row_groups.entries()) {
      const size = sizeOf(group, columns);
      const rowCount = Number(group.num_rows);
      if (size.bytes > HARMLESS_BYTES && size.bytes > size.packed * maxExpansion)
        throw tooLarge(`${name}: row group ${index + 1}`, size.packed, maxExpansion);
      // The pages of other columns are read up to the end of the row group, whatever is wanted of them.
      const atOnce = areFlat ? Math.max(1, Math.floor((rowCount * PART_BYTES) / size.heap)) : rowCount;
      requireRoom(
        `${name}: row group ${index + 1}`,
        areFlat ? Math.min(size.heap, size.packed + PART_BYTES) : size.heap,
      );
      const groupEnd = rowStart + rowCount;
      while (rowStart < groupEnd) {
        const rowEnd = Math.min(groupEnd, rowStart + atOnce);
        const found = await parquetReadObjects({ file, metadata, compressors, parsers, rowStart, rowEnd, ...wanted });
        for (const row of found) {
          const values = decimals.size === 0 ? row : withDecimals(row, decimals);
          yield maySwap ? inOrder(values, names) : values;
        }
        rowStart = rowEnd;
      }
    }
  } finally {
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
  /** Unpacked, as the file has it. */
  readonly bytes: number;
  /** In memory: these bytes, and rows with a value for each of theirs. */
  readonly heap: number;
}

function sizeOf({ columns, num_rows: rowCount }: RowGroup, wanted: readonly string[] | undefined): GroupSize {
  const size = { packed: 0, bytes: 0, heap: BYTES_PER_ROW * Number(rowCount) };
  for (const { meta_data: about } of columns) {
    const name = about?.path_in_schema[0];
    if (about === undefined || name === undefined || wanted?.includes(name) === false) continue;
    size.packed += Number(about.total_compressed_size);
    size.bytes += Number(about.total_uncompressed_size);
    size.heap += Number(about.total_uncompressed_size) + BYTES_PER_VALUE * Number(about.num_values);
  }
  return size;
}

/** Of the heap, together what the peak memory of `jn cat` is for a row of one column (143 bytes each of 1.1 million). */
const BYTES_PER_ROW = 80;
const BYTES_PER_VALUE = 60;

/** What is read of a row group at a time. Its columns are gone through anew for each part, so there should be few. */
const PART_BYTES = 64 * 1024 * 1024;
