import type { OptionSpec } from "../../plugins/option.ts";
import type { FormatParts } from "../format-parts.ts";

/** CSV and TSV differ in their default delimiter only. */
export const csvFormat: FormatParts = separated("comma-separated values", ",");
export const tsvFormat: FormatParts = separated("tab-separated values", "tab");

function separated(summary: string, delimiter: string): FormatParts {
  return {
    summary,
    modes: ["read", "write"],
    options: optionsOf(delimiter),
    async read(options, context) {
      const { csvReader } = await import("./csv-reader.ts");
      const { recordKernels } = await import("../../kernels/record-kernels.ts");
      const ragged = options.text("ragged");
      return csvReader({
        source: context.name,
        delimiter: options.text("delimiter") ?? delimiter,
        quote: options.text("quote"),
        comment: options.text("comment"),
        skip: options.count("skip"),
        header: options.boolean("header"),
        columns: options.list("columns"),
        infer: options.boolean("infer"),
        ragged: ragged === "fill" ? "fill" : "error",
        maxRecordBytes: context.maxRecordBytes,
        warn: context.warn,
        bad: context.bad,
        kernels: recordKernels,
      });
    },
    async write(options, context) {
      const { recordKernels } = await import("../../kernels/record-kernels.ts");
      const writerOptions = {
        source: context.name,
        delimiter: options.text("delimiter") ?? delimiter,
        header: options.boolean("header"),
        columns: options.list("columns"),
        escapesFormulas: options.text("formulas") === "escape",
        maxRecordBytes: context.maxRecordBytes,
        bad: context.bad,
        kernels: recordKernels,
      };
      if (options.boolean("union") === true) {
        const { csvUnionWriter } = await import("./csv-union-writer.ts");
        return csvUnionWriter(writerOptions);
      }
      const { csvWriter } = await import("./csv-writer.ts");
      return csvWriter(writerOptions);
    },
  };
}

function optionsOf(delimiter: string): readonly OptionSpec[] {
  const read = { modes: ["read"] } as const;
  const write = { modes: ["write"] } as const;
  const names = "tab, comma, semicolon, pipe, space";
  return [
    {
      name: "delimiter",
      kind: "text",
      ...read,
      help: `a character, ${names}, or auto to choose by the header line (${delimiter})`,
    },
    {
      name: "header",
      kind: "boolean",
      ...read,
      help: "the first row names the columns (true); if false: col1, col2, ...",
    },
    { name: "columns", kind: "list", ...read, help: "names for the columns, instead of the header's" },
    { name: "infer", kind: "boolean", ...read, help: "recognise numbers, true, false and empty cells as null (true)" },
    { name: "quote", kind: "text", ...read, help: 'the character around cells, or none (")' },
    { name: "comment", kind: "text", ...read, help: "pass over lines that begin with this character" },
    { name: "skip", kind: "count", ...read, help: "pass over this many lines before the header (0)" },
    {
      name: "ragged",
      kind: "choice",
      ...read,
      choices: ["error", "fill"],
      help: "rows with too few or too many cells: error, or fill with null and add columns colN (error)",
    },
    { name: "delimiter", kind: "text", ...write, help: `a character, or ${names} (${delimiter})` },
    { name: "header", kind: "boolean", ...write, help: "write the column names first (true)" },
    {
      name: "columns",
      kind: "list",
      ...write,
      help: "the columns, in order; other keys are left out (the first record's keys)",
    },
    { name: "union", kind: "boolean", ...write, help: "columns for every key of any record; takes two passes (false)" },
    {
      name: "formulas",
      kind: "choice",
      ...write,
      choices: ["keep", "escape"],
      help: "text that a spreadsheet would run as a formula: keep it as it is, or escape it with an apostrophe in front (keep)",
    },
  ];
}
