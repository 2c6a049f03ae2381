import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, type RowGroup } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { Bytes, ByteStage, PluginContext } from "../../plugins/plugin.ts";
import { spooled } from "../../streams/spool.ts";
import { linesOf } from "../../streams/values.ts";
import { requireRoom } from "../parsing-room.ts";
import { PARSERS, takeDecimals, withDecimals } from "./parquet-values.ts";

/** The rows of a Parquet file, one row group in memory at a time. Integers of 64 bits and decimals keep their digits, dates become ISO text. */
export function parquetReader({ name }: PluginContext, columns: readonly string[] | undefined): ByteStage {
  return (input) => linesOf(rows(input, name, columns), name);
}

async function* rows(
  input: Bytes,
  name: string,
  columns: readonly string[] | undefined,
): AsyncGenerator<unknown, void, undefined> {
  const spool = await spooled(input);
  try {
    const file = await asyncBufferFromFile(spool.path);
    const metadata = await parquetMetadataAsync(file);
    const decimals = takeDecimals(metadata);
    const parsers = decimals.size === 0 ? PARSERS : { ...PARSERS, geometryFromBytes: (bytes: Uint8Array) => bytes };
    const wanted = columns === undefined ? {} : { columns: [...columns] };
    let rowStart = 0;
    for (const [index, group] of metadata.row_groups.entries()) {
      requireRoom(`${name}: row group ${index + 1}`, heapFor(group, columns));
      const rowEnd = rowStart + Number(group.num_rows);
      const found = await parquetReadObjects({ file, metadata, compressors, parsers, rowStart, rowEnd, ...wanted });
      for (const row of found) yield decimals.size === 0 ? row : withDecimals(row, decimals);
      rowStart = rowEnd;
    }
  } finally {
    spool.remove();
  }
}

/** What a row group becomes: its bytes, and a value for each of theirs. */
function heapFor({ columns }: RowGroup, wanted: readonly string[] | undefined): number {
  let bytes = 0;
  for (const { meta_data: about } of columns) {
    const name = about?.path_in_schema[0];
    if (about === undefined || name === undefined || wanted?.includes(name) === false) continue;
    bytes += Number(about.total_uncompressed_size) + BYTES_PER_VALUE * Number(about.num_values);
  }
  return bytes;
}

/** Of the heap, as measured. */
const BYTES_PER_VALUE = 60;
