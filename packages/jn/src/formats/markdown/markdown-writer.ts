import type { Transcoder } from "@jn/wire";
import { plainText } from "../../json/value-text.ts";
import { KeyedRows, type KeyedRowsOptions } from "../keyed-rows.ts";
import { valueWriter } from "../value-writer.ts";

/** NDJSON objects to one table of Markdown, a row a record, streamed: so the borders do not line up. */
export function markdownWriter(options: KeyedRowsOptions): Transcoder {
  const rows = new KeyedRows(options, "rows of a table");
  const begin = (): string => `${line(rows.columns)}${line(rows.columns.map(() => "---"))}`;
  return valueWriter(options, {
    record(value, index) {
      const cells = rows.cells(value);
      return `${index === 0 ? begin() : ""}${line(cells.map(plainText))}`;
    },
    end: (count) => (count === 0 && rows.columns.length > 0 ? begin() : ""),
  });
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll(/\r\n|\r|\n/g, "<br>")).join(" | ")} |\n`;
}
