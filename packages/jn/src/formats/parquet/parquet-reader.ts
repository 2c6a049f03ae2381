import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { Bytes, ByteStage, PluginContext } from "../../plugins/plugin.ts";
import { spooled } from "../../streams/spool.ts";
import { linesOf } from "../../streams/values.ts";
import { PARSERS, takeDecimals, withDecimals } from "./parquet-values.ts";

/** The rows of a Parquet file, one row group in memory at a time. Integers of 64 bits and decimals keep their digits, dates become ISO text. */
export function parquetReader({ name }: PluginContext, columns: readonly string[] | undefined): ByteStage {
  return (input) => linesOf(rows(input, columns), name);
}

async function* rows(input: Bytes, columns: readonly string[] | undefined): AsyncGenerator<unknown, void, undefined> {
  const spool = await spooled(input);
  try {
    const file = await asyncBufferFromFile(spool.path);
    const metadata = await parquetMetadataAsync(file);
    const decimals = takeDecimals(metadata);
    const parsers = decimals.size === 0 ? PARSERS : { ...PARSERS, geometryFromBytes: (bytes: Uint8Array) => bytes };
    const wanted = columns === undefined ? {} : { columns: [...columns] };
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const found = await parquetReadObjects({ file, metadata, compressors, parsers, rowStart, rowEnd, ...wanted });
      for (const row of found) yield decimals.size === 0 ? row : withDecimals(row, decimals);
      rowStart = rowEnd;
    }
  } finally {
    spool.remove();
  }
}
