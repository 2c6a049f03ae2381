import type { Transcoder } from "@jn/wire";
import { membersOf } from "../../json/object-members.ts";
import { plainText } from "../../json/value-text.ts";
import { cutToWidth, displayWidth } from "../../text/display-width.ts";
import { visible } from "../../text/visible.ts";
import type { LineSourceOptions } from "../ndjson/record-lines.ts";
import { valueWriter } from "../value-writer.ts";
import { BORDERS, type TableStyle } from "./borders.ts";

export interface TableWriterOptions extends LineSourceOptions {
  readonly style: TableStyle;
  /** Most columns of the terminal; 0: any. */
  readonly width: number;
  /** How many records decide the columns and their widths. Default 100. */
  readonly sample?: number | undefined;
  readonly columns?: readonly string[] | undefined;
  readonly color: boolean;
  readonly warn: (message: string) => void;
}

interface Column {
  readonly name: string;
  width: number;
  isNumeric: boolean;
}

/**
 * Records as a table for people. The first records are held: they decide the columns and widths. After them every record is written
 * as it comes; a longer cell pushes its row out of line, or is cut when there is a width to keep. Values that are no
 * objects go into a column `value`. Columns that come up later are not shown, and a warning says so.
 */
export function tableWriter(options: TableWriterOptions): Transcoder {
  const { sample = 100, style, color, warn } = options;
  const borders = BORDERS[style];
  const held: ReadonlyMap<string, unknown>[] = [];
  let columns: Column[] | undefined;
  const missed = new Set<string>();

  const row = (cells: readonly string[], isHeader = false): string => {
    const padded = columns!.map((column, index) => {
      const text = options.width > 0 ? cutToWidth(cells[index]!, column.width) : cells[index]!;
      const blanks = " ".repeat(Math.max(0, column.width - displayWidth(text)));
      const shown = isHeader && color ? `\u001b[1m${text}\u001b[22m` : text;
      return column.isNumeric ? blanks + shown : shown + blanks;
    });
    return `${borders.left}${padded.join(borders.between)}${borders.right}`.trimEnd() + "\n";
  };
  const line = (record: ReadonlyMap<string, unknown>): string => {
    for (const key of record.keys()) {
      if (options.columns !== undefined || columns!.some(({ name }) => name === key) || missed.has(key)) continue;
      missed.add(key);
      warn(`the field '${key}' came up after the first ${sample} records and is not shown; see ?sample= and ?columns=`);
    }
    return row(columns!.map(({ name }) => cellText(record.get(name), style)));
  };
  const begin = (): string => {
    columns = columnsOf(held, options);
    if (columns.length === 0) return "";
    const rule = (kind: "top" | "middle"): string => ruleLine(columns!, borders[kind]);
    const head = `${rule("top")}${row(
      columns.map(({ name }) => cellText(name, style)),
      true,
    )}${rule("middle")}`;
    const rows = held.map(line).join("");
    held.length = 0;
    return head + rows;
  };
  return valueWriter(options, {
    record(value) {
      const record = fieldsOf(value);
      if (columns !== undefined) return line(record);
      held.push(record);
      return held.length >= sample ? begin() : "";
    },
    end() {
      const rest = columns === undefined ? begin() : "";
      return rest + (columns!.length === 0 ? "" : ruleLine(columns!, borders.bottom));
    },
  });
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return new Map(isObject ? membersOf(value) : [["value", value]]);
}

function columnsOf(records: readonly ReadonlyMap<string, unknown>[], options: TableWriterOptions): Column[] {
  const names = options.columns ?? [...new Set(records.flatMap((record) => [...record.keys()]))];
  const columns = names.map((name) => {
    const values = records.map((record) => record.get(name)).filter((value) => value !== undefined && value !== null);
    const widths = [name, ...values].map((value) => displayWidth(cellText(value, options.style)));
    const isNumeric =
      values.length > 0 && values.every((value) => typeof value === "number" || typeof value === "bigint");
    return { name, width: widths.reduce((most, width) => Math.max(most, width), 0), isNumeric };
  });
  if (options.width > 0) narrow(columns, options);
  return columns;
}

/** Takes from the widest columns until the table fits. */
function narrow(columns: Column[], { width, style }: TableWriterOptions): void {
  const { left, between, right } = BORDERS[style];
  const available = width - left.length - right.length - between.length * Math.max(0, columns.length - 1);
  for (;;) {
    const widest = columns.reduce((most, column) => (column.width > most.width ? column : most), {
      name: "",
      width: 3,
      isNumeric: false,
    });
    const total = columns.reduce((sum, column) => sum + column.width, 0);
    if (total <= available || widest.width <= 3) return;
    widest.width--;
  }
}

function cellText(value: unknown, style: TableStyle): string {
  const safe = visible(plainText(value).replaceAll("\n", "⏎").replaceAll("\t", " "));
  return style === "markdown" ? safe.replaceAll("|", "\\|") : safe;
}

function ruleLine(columns: readonly Column[], rule: readonly [string, string, string, string] | undefined): string {
  if (rule === undefined) return "";
  const [left, fill, between, right] = rule;
  return `${left}${columns.map(({ width }) => fill.repeat(width)).join(between)}${right}\n`;
}
