import type { FormatParts } from "../format-parts.ts";

export const markdownFormat: FormatParts = {
  summary: "Markdown: the rows of its tables, or front matter and text",
  modes: ["read", "write"],
  options: [
    {
      name: "mode",
      kind: "choice",
      modes: ["read"],
      choices: ["tables", "document"],
      help: "tables: each row of every table is a record; document: one record {frontmatter, content} (tables)",
    },
    { name: "table", kind: "count", modes: ["read"], help: "only this table, counted from 1 (all)" },
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
    const about = { source: name, maxRecordBytes };
    if (options.text("mode") === "document") {
      const { markdownDocument } = await import("./markdown-document.ts");
      return markdownDocument(about);
    }
    const { markdownTables } = await import("./markdown-tables.ts");
    return markdownTables({ ...about, warn, table: options.count("table"), infer: options.boolean("infer") });
  },
  async write(options, { name, maxRecordBytes, bad }) {
    const { markdownWriter } = await import("./markdown-writer.ts");
    return markdownWriter({ source: name, maxRecordBytes, bad, columns: options.list("columns") });
  },
};
