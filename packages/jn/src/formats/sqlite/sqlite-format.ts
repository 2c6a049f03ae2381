import { keepCompilerSmall } from "../../heap/engine.ts";
import type { FormatParts } from "../format-parts.ts";

export const sqliteFormat: FormatParts = {
  summary: "a table, or a query, of an SQLite file",
  modes: ["read", "write"],
  holds: "one row; what comes from a pipe, or is written, waits in a temporary file",
  options: [
    { name: "table", kind: "text", modes: ["read"], help: "which table or view (the only one)" },
    { name: "query", kind: "text", modes: ["read"], help: "the rows of this SELECT instead" },
    { name: "table", kind: "text", modes: ["write"], help: "the name of the table (records)" },
  ],
  async read(options, context) {
    keepCompilerSmall();
    const { sqliteReader } = await import("./sqlite-reader.ts");
    return sqliteReader(context, { table: options.text("table"), query: options.text("query") });
  },
  async write(options, context) {
    keepCompilerSmall();
    const { sqliteWriter } = await import("./sqlite-writer.ts");
    return sqliteWriter(context, options.text("table") ?? "records");
  },
};
