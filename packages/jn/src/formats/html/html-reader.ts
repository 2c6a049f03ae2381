import type { Transcoder } from "@jn/wire";
import { Parser } from "htmlparser2";
import { JnError } from "../../jn-error.ts";
import { typedValue } from "../../text/typed-value.ts";
import type { Warn } from "../column-names.ts";
import { RowRecords } from "../row-records.ts";
import { tooLong } from "../record-length.ts";
import { type Emit, textReader, type TextSourceOptions } from "../text-reader.ts";

export interface HtmlReaderOptions extends TextSourceOptions {
  /** Which table, counted from 1. Default 1. */
  readonly table?: number | undefined;
  /** Default true. */
  readonly header?: boolean | undefined;
  /** Default true. */
  readonly infer?: boolean | undefined;
  readonly warn: Warn;
}

/**
 * The rows of one table of a page as records, each as it ends. A cell that spans columns is followed by nulls; a table inside a
 * cell is part of the cell's text. Scripts and styles are no text.
 *
 * @throws JnError `BAD_DATA` when there is no such table
 */
export function htmlReader(options: HtmlReaderOptions): Transcoder {
  const { source, maxRecordBytes, table = 1, header = true, infer = true, warn } = options;
  let emit: Emit = () => undefined;
  const rows = new RowRecords((value) => emit(value), { header, warn });
  let tables = 0;
  /** How many tables are open, from the wanted one on. */
  let depth = 0;
  let silent = 0;
  let row: string[] | undefined;
  let cell: { text: string; readonly span: number } | undefined;
  let size = 0;
  /** Characters since the parser last said something: what it holds. */
  let quiet = 0;
  const endCell = (): void => {
    if (cell === undefined || row === undefined) return;
    row.push(ODD_SPACE.test(cell.text) ? cell.text.replaceAll(/[ \t\n\f\r]+/g, " ").replace(/^ | $/g, "") : cell.text);
    for (let left = cell.span - 1; left > 0; left--) row.push("");
    cell = undefined;
  };
  const endRow = (): void => {
    endCell();
    if (row !== undefined && row.length > 0) {
      const cells = row;
      // The first row is the header: its cells are names, whatever they look like.
      rows.row(
        cells.map((text) => typedValue(text, infer)),
        (value) => (value === null ? "" : nameOf(value)),
      );
    }
    row = undefined;
    size = 0;
  };
  const parser = new Parser({
    onopentag(name, attributes) {
      quiet = 0;
      if (name === "script" || name === "style") silent++;
      if (name === "table") {
        if (depth > 0) depth++;
        else if (++tables === table) depth = 1;
      }
      if (depth !== 1) return;
      if (name === "tr") {
        endRow();
        row = [];
      } else if ((name === "td" || name === "th") && row !== undefined) {
        endCell();
        const span = Number.parseInt(attributes["colspan"] ?? "1", 10);
        cell = { text: "", span: span > 1 && span <= MAX_SPAN ? span : 1 };
        // Cells without text take memory, too: as much as their tags.
        size += cell.span + 8;
        if (size > maxRecordBytes) throw tooLong(source, maxRecordBytes);
      } else if (name === "br" && cell !== undefined) cell.text += " ";
    },
    ontext(text) {
      quiet = 0;
      if (cell === undefined || silent > 0) return;
      cell.text += text;
      size += text.length;
      if (size > maxRecordBytes) throw tooLong(source, maxRecordBytes);
    },
    onclosetag(name) {
      quiet = 0;
      if (name === "script" || name === "style") silent--;
      if (depth === 1 && (name === "td" || name === "th")) endCell();
      if (depth === 1 && name === "tr") endRow();
      if (name !== "table" || depth === 0) return;
      if (depth === 1) endRow();
      depth--;
    },
  });
  return textReader(options, {
    push(text, to) {
      emit = to;
      quiet += text.length;
      parser.write(text);
      if (quiet > maxRecordBytes) throw tooLong(source, maxRecordBytes);
    },
    end(to) {
      emit = to;
      parser.end();
      if (tables >= table) return;
      const there = tables === 0 ? "no table" : tables === 1 ? "one table" : `${tables} tables`;
      throw new JnError("BAD_DATA", `${source}: there is no table ${table}; the page has ${there}`);
    },
  });
}

function nameOf(value: unknown): string {
  return typeof value === "object" && value !== null && "text" in value ? String(value.text) : String(value);
}

/** White space of HTML that is not a single blank between words. */
const ODD_SPACE = /^ | $|[\t\n\f\r]|  /;
const MAX_SPAN = 1000;
