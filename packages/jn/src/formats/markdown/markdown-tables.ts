import type { Transcoder } from "@jn/wire";
import { typedValue } from "../../text/typed-value.ts";
import type { Warn } from "../column-names.ts";
import { RowRecords } from "../row-records.ts";
import { lineReader, type TextSourceOptions } from "../text-reader.ts";

export interface MarkdownTablesOptions extends TextSourceOptions {
  /** Only this one, counted from 1. Default: all. */
  readonly table?: number | undefined;
  /** Default true. */
  readonly infer?: boolean | undefined;
  readonly warn: Warn;
}

/**
 * The rows of the tables of Markdown (GitHub Flavored Markdown 0.29, section 4.10), each as it comes. What looks like a table
 * inside a fenced block of code is none.
 */
export function markdownTables(options: MarkdownTablesOptions): Transcoder {
  const { table: wanted, infer = true, warn } = options;
  let fence: string | undefined;
  let before: readonly string[] | undefined;
  let rows: RowRecords | undefined;
  let tables = 0;
  let width = 0;
  return lineReader(options, (line, _number, emit) => {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) === true && line.trim() === mark) fence = undefined;
      return;
    }
    if (mark !== undefined) fence = mark;
    const cells = mark === undefined && line.includes("|") ? cellsOf(line) : undefined;
    if (cells === undefined) rows = undefined;
    else if (rows !== undefined) rows.row(cells.map((cell) => typedValue(cell, infer)).slice(0, width));
    else if (before !== undefined && before.length === cells.length && cells.every((cell) => /^:?-+:?$/.test(cell))) {
      tables++;
      const isWanted = wanted === undefined || wanted === tables;
      width = cells.length;
      rows = new RowRecords((value) => (isWanted ? emit(value) : undefined), { header: true, warn });
      rows.row(before);
    }
    before = cells;
  });
}

/** The cells of a line: `\|` is no border; borders at the ends may be missing. */
function cellsOf(line: string): readonly string[] {
  const inner = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.replace(/^[ \t]+|[ \t]+$/g, "").replaceAll("\\|", "|"));
}
