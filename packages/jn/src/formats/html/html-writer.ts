import type { Transcoder } from "@jn/wire";
import { plainText } from "../../json/value-text.ts";
import { KeyedRows, type KeyedRowsOptions } from "../keyed-rows.ts";
import { valueWriter } from "../value-writer.ts";

/** NDJSON objects to a table of HTML, a row a record. */
export function htmlWriter(options: KeyedRowsOptions): Transcoder {
  const rows = new KeyedRows(options, "rows of a table");
  const begin = (): string => `<table>\n<thead>\n${line(rows.columns, "th")}</thead>\n<tbody>\n`;
  return valueWriter(options, {
    record(value, index) {
      const cells = rows.cells(value);
      return `${index === 0 ? begin() : ""}${line(cells.map(plainText), "td")}`;
    },
    end(count) {
      return `${count === 0 ? begin() : ""}</tbody>\n</table>\n`;
    },
  });
}

function line(cells: readonly string[], tag: string): string {
  return `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>\n`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
