import type { FormatParts } from "../format-parts.ts";

export const htmlFormat: FormatParts = {
  summary: "the rows of a table in a page of HTML",
  modes: ["read", "write"],
  options: [
    { name: "table", kind: "count", modes: ["read"], help: "which table of the page, counted from 1 (1)" },
    { name: "header", kind: "boolean", modes: ["read"], help: "the first row names the columns (true)" },
    {
      name: "infer",
      kind: "boolean",
      modes: ["read"],
      help: "recognise numbers, true, false and empty cells as null (true)",
    },
    {
      name: "columns",
      kind: "list",
      modes: ["write"],
      help: "the columns, in order; others are left out (the first record's keys)",
    },
  ],
  async read(options, { name, maxRecordBytes, warn }) {
    const { htmlReader } = await import("./html-reader.ts");
    const [table, header, infer] = [options.count("table"), options.boolean("header"), options.boolean("infer")];
    return htmlReader({ source: name, maxRecordBytes, warn, table, header, infer });
  },
  async write(options, { name, maxRecordBytes, bad }) {
    const { htmlWriter } = await import("./html-writer.ts");
    return htmlWriter({ source: name, maxRecordBytes, bad, columns: options.list("columns") });
  },
};
