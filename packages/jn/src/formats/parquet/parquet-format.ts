import { MAX_EXPANSION } from "../../codecs/expansion.ts";
import type { FormatParts } from "../format-parts.ts";

export const parquetFormat: FormatParts = {
  summary: "Apache Parquet",
  modes: ["read", "write"],
  holds:
    "one row group, or 64 MiB of one whose columns are flat; what comes from a pipe, or is written, waits in a temporary file",
  options: [
    { name: "columns", kind: "list", modes: ["read"], help: "read only these columns" },
    { name: "rows", kind: "count", modes: ["write"], help: "rows in a row group (50000)" },
  ],
  async read(options, context) {
    const { parquetReader } = await import("./parquet-reader.ts");
    const maxExpansion = options.count("max-expand") ?? MAX_EXPANSION;
    return parquetReader(context, { columns: options.list("columns"), maxExpansion });
  },
  async write(options, context) {
    const { parquetWriter } = await import("./parquet-writer.ts");
    return parquetWriter(context, options.count("rows") ?? 50_000);
  },
};
