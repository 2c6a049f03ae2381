import type { FormatParts } from "../format-parts.ts";

export const xlsxFormat: FormatParts = {
  summary: "Excel workbooks: the rows of a sheet",
  modes: ["read", "write"],
  holds: "the compressed file, when it is read, and in raw mode and with ?merged and ?formulas the sheet",
  options: [
    { name: "sheet", kind: "text", modes: ["read"], help: "its name, or its number from 1 (1)" },
    {
      name: "header",
      kind: "boolean",
      modes: ["read"],
      help: "the first row names the columns (true); if false: col1, col2, ...",
    },
    { name: "skip", kind: "count", modes: ["read"], help: "pass over this many rows before the header (0)" },
    { name: "range", kind: "text", modes: ["read"], help: "only these cells, such as A1:D10" },
    {
      name: "mode",
      kind: "choice",
      modes: ["read"],
      choices: ["table", "raw", "stats"],
      help: "table: a record a row; raw: a record a cell, {sheet, ref, row, column, value, formula, comment, merged, hidden}; stats: a record a sheet (table)",
    },
    {
      name: "merged",
      kind: "choice",
      modes: ["read"],
      choices: ["first", "fill"],
      help: "the value of merged cells is that of the first one only, or fills all of them (first)",
    },
    {
      name: "formulas",
      kind: "choice",
      modes: ["read"],
      choices: ["values", "text"],
      help: "what was saved as the value of a formula, or its text (values)",
    },
    { name: "sheet", kind: "text", modes: ["write"], help: "the name of the sheet (Sheet1)" },
    {
      name: "columns",
      kind: "list",
      modes: ["write"],
      help: "the columns, in order; others are left out (the first record's keys)",
    },
  ],
  async read(options, context) {
    const { xlsxReader } = await import("./xlsx-reader.ts");
    const mode = options.text("mode");
    return xlsxReader(context, {
      sheet: options.text("sheet"),
      header: options.boolean("header"),
      skip: options.count("skip"),
      range: options.text("range"),
      fillsMerged: options.text("merged") === "fill",
      showsFormulas: options.text("formulas") === "text",
      mode: mode === "raw" || mode === "stats" ? mode : "table",
    });
  },
  async write(options, context) {
    const { xlsxWriter } = await import("./xlsx-writer.ts");
    return xlsxWriter(context, { sheet: options.text("sheet"), columns: options.list("columns") });
  },
};
