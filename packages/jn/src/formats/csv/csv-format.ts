import type { Format } from "../format.ts";
import type { OptionSpec } from "../option.ts";

/** CSV and TSV differ in their default delimiter only. */
export const csvFormat: Format = separated("csv", "comma-separated values", ",", ["csv"]);
export const tsvFormat: Format = separated("tsv", "tab-separated values", "tab", ["tsv", "tab"]);

function separated(name: string, summary: string, delimiter: string, extensions: readonly string[]): Format {
  return {
    name,
    summary,
    extensions,
    read: {
      options: readOptions(delimiter),
      async open(options, context) {
        const { csvReader } = await import("./csv-reader.ts");
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
        });
      },
    },
    write: {
      options: writeOptions(delimiter),
      async open(options, context) {
        const writerOptions = {
          source: context.name,
          delimiter: options.text("delimiter") ?? delimiter,
          header: options.boolean("header"),
          columns: options.list("columns"),
          maxRecordBytes: context.maxRecordBytes,
        };
        if (options.boolean("union") === true) {
          const { csvUnionWriter } = await import("./csv-union-writer.ts");
          return csvUnionWriter(writerOptions);
        }
        const { csvWriter } = await import("./csv-writer.ts");
        return csvWriter(writerOptions);
      },
    },
  };
}

function readOptions(delimiter: string): readonly OptionSpec[] {
  const names = "tab, comma, semicolon, pipe, space";
  return [
    {
      name: "delimiter",
      kind: "text",
      help: `a character, ${names}, or auto to choose by the header line (${delimiter})`,
    },
    { name: "header", kind: "boolean", help: "the first row names the columns (true); if false: col1, col2, ..." },
    { name: "columns", kind: "list", help: "names for the columns, instead of the header's" },
    { name: "infer", kind: "boolean", help: "recognise numbers, true, false and empty cells as null (true)" },
    { name: "quote", kind: "text", help: 'the character around cells, or none (")' },
    { name: "comment", kind: "text", help: "pass over lines that begin with this character" },
    { name: "skip", kind: "count", help: "pass over this many lines before the header (0)" },
    {
      name: "ragged",
      kind: "choice",
      choices: ["error", "fill"],
      help: "rows with too few or too many cells: error, or fill with null and add columns colN (error)",
    },
  ];
}

function writeOptions(delimiter: string): readonly OptionSpec[] {
  return [
    { name: "delimiter", kind: "text", help: `a character, or tab, comma, semicolon, pipe, space (${delimiter})` },
    { name: "header", kind: "boolean", help: "write the column names first (true)" },
    { name: "columns", kind: "list", help: "the columns, in order; other keys are left out (the first record's keys)" },
    { name: "union", kind: "boolean", help: "columns for every key of any record; takes two passes (false)" },
  ];
}
