import type { FormatParts } from "../format-parts.ts";

export const tableFormat: FormatParts = {
  summary: "a table for people: plain, grid or markdown, as in ~table.grid",
  modes: ["write"],
  variant: "style",
  holds: "the records of the sample",
  options: [
    {
      name: "style",
      kind: "choice",
      modes: ["write"],
      choices: ["plain", "grid", "markdown"],
      help: "how it looks (plain)",
    },
    {
      name: "width",
      kind: "count",
      modes: ["write"],
      help: "most columns of the terminal, longer cells are cut (those there are; without a terminal 0: any)",
    },
    { name: "sample", kind: "count", modes: ["write"], help: "how many records decide the columns and widths (100)" },
    { name: "columns", kind: "list", modes: ["write"], help: "the columns, in order (those of the sample)" },
    { name: "color", kind: "boolean", modes: ["write"], help: "a header in bold (on a terminal)" },
  ],
  async write(options, { name, maxRecordBytes, warn, bad }) {
    const { tableWriter } = await import("./table-writer.ts");
    const { terminal } = await import("./terminal.ts");
    const { width, color } = terminal();
    const style = options.text("style");
    return tableWriter({
      source: name,
      maxRecordBytes,
      warn,
      bad,
      style: style === "grid" || style === "markdown" ? style : "plain",
      width: options.count("width") ?? width,
      sample: options.count("sample"),
      columns: options.list("columns"),
      color: options.boolean("color") ?? color,
    });
  },
};
