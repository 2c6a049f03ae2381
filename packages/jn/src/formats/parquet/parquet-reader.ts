import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { RawJson } from "../../json/value-text.ts";
import type { Bytes, ByteStage, PluginContext } from "../../plugins/plugin.ts";
import { spooled } from "../../streams/spool.ts";
import { linesOf } from "../../streams/values.ts";

/** The rows of a Parquet file, one row group in memory at a time. Integers of 64 bits keep their digits, dates become ISO text. */
export function parquetReader({ name }: PluginContext, columns: readonly string[] | undefined): ByteStage {
  return (input) => linesOf(rows(input, columns), name);
}

/** JSON keeps its own text, and so every digit. */
const parsers = {
  jsonFromBytes(bytes: Uint8Array): unknown {
    const text = Buffer.from(bytes).toString();
    JSON.parse(text);
    return new RawJson(text.replaceAll(/[\r\n]/g, " "));
  },
};

async function* rows(input: Bytes, columns: readonly string[] | undefined): AsyncGenerator<unknown, void, undefined> {
  const spool = await spooled(input);
  try {
    const file = await asyncBufferFromFile(spool.path);
    const metadata = await parquetMetadataAsync(file);
    const wanted = columns === undefined ? {} : { columns: [...columns] };
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      yield* await parquetReadObjects({ file, metadata, compressors, parsers, rowStart, rowEnd, ...wanted });
      rowStart = rowEnd;
    }
  } finally {
    spool.remove();
  }
}
