import type { ByteSink, Transcoder } from "@jn/wire";
import { badData, type JnError, usageError } from "../../jn-error.ts";
import { NativeRecords } from "../../kernels/native-records.ts";
import { checkRecord, type LinePosition } from "../../json/record-check.ts";
import { eachKey } from "../../json/object-keys.ts";
import { snippet } from "../../text/visible.ts";
import { type LineSourceOptions, type RecordHandler, recordLines } from "../ndjson/record-lines.ts";
import { CellWriter } from "./cell-writer.ts";
import { dialectByte } from "./csv-dialect.ts";

export interface CsvWriterOptions extends LineSourceOptions {
  /** One ASCII character. Default `,`. */
  readonly delimiter?: string | undefined;
  /** Whether the first line names the columns. Default true. */
  readonly header?: boolean | undefined;
  /** The columns, in order; other keys of a record are left out. Default: the keys of the first record. */
  readonly columns?: readonly string[] | undefined;
  /** Whether text that a spreadsheet would take for a formula gets an apostrophe in front. Default false. */
  readonly escapesFormulas?: boolean | undefined;
}

/**
 * NDJSON objects to CSV, one row a record, streamed.
 *
 * Null and a missing key become an empty cell, an empty string `""`; arrays and objects become their JSON text. A key that
 * is not among the columns is an error, never silently lost, unless the columns were given.
 *
 * @throws JnError `BAD_DATA` with the line of the record that cannot be a row
 */
export function csvWriter(options: CsvWriterOptions): Transcoder {
  return recordLines(options, (position) => new CsvWriter(options, position));
}

class CsvWriter implements RecordHandler {
  readonly #position: LinePosition;
  readonly #cells: CellWriter;
  readonly #delimiter: number;
  readonly #header: boolean;
  #headerWritten = false;
  /** Whether the caller chose the columns, so that other keys may be left out. */
  readonly #chosen: boolean;
  /** Column numbers by name; undefined until the first record names them. */
  #columns: ReadonlyMap<string, number> | undefined;
  /** `"name":` of each column, as it stands in a record written without blanks. */
  #keys: readonly Buffer[] = [];
  /** Where the value of each column begins in the record at hand; -1: it has none. */
  #starts: Int32Array = new Int32Array(0);
  readonly usual: RecordHandler["usual"];
  readonly carrier: RecordHandler["carrier"];

  constructor(options: CsvWriterOptions, position: LinePosition) {
    this.#position = position;
    this.#delimiter = dialectByte("delimiter", options.delimiter ?? ",");
    const escapesFormulas = options.escapesFormulas ?? false;
    this.#cells = new CellWriter(this.#delimiter, escapesFormulas);
    this.#header = options.header ?? true;
    this.#chosen = options.columns !== undefined;
    if (options.columns !== undefined) this.#setColumns(options.columns);
    const { kernels } = options;
    if (kernels === undefined || escapesFormulas) return;
    const native = new NativeRecords(kernels, (all) => all.csvCells(this.#delimiter, this.#nativeKeys()));
    this.usual = (bytes, at, end, out) =>
      this.#headerWritten && this.#keys.length > 0 ? native.run(bytes, at, end, position, out) : at;
    this.carrier = native.carrier(position);
  }

  record(bytes: Buffer, lineStart: number, start: number, out: ByteSink): number {
    if (this.#columns === undefined) {
      checkRecord(bytes, lineStart, start, this.#position);
      requireObject(bytes, start, this.#position);
      this.#setColumns(this.#keysOf(bytes, start));
    }
    if (!this.#headerWritten) this.#writeHeader(out);
    const lineEnd = bytes.indexOf(LF, start);
    // Every byte of a record can become two, a quote and its double, and every cell gets a delimiter.
    out.reserve(2 * (lineEnd - start) + 4 * this.#keys.length + 64);
    const rowStart = out.length;
    const end = this.#writeInOrder(bytes, start, out);
    if (end >= 0) return end;
    out.length = rowStart;
    return this.#writeByName(bytes, lineStart, start, out);
  }

  finish(out: ByteSink): void {
    if (this.#chosen) this.#writeHeader(out);
  }

  #nativeKeys(): readonly Buffer[] {
    return this.#keys.map((key, column) => Buffer.concat([Buffer.of(column === 0 ? OPEN_BRACE : COMMA), key]));
  }

  #writeHeader(out: ByteSink): void {
    if (this.#headerWritten) return;
    this.#headerWritten = true;
    if (!this.#header) return;
    const start = out.length;
    for (const [index, key] of this.#keys.entries()) {
      out.reserve(2 * key.length + 8);
      if (index > 0) out.bytes[out.length++] = this.#delimiter;
      if (!this.#cells.writeHeaderCell(key.subarray(0, -1), out)) {
        out.length = start;
        throw this.#loneSurrogate("a key of the record");
      }
    }
    out.reserve(1);
    out.bytes[out.length++] = LF;
    out.commit();
  }

  /** The usual record: the columns' keys, all of them, in order, without blanks. Returns its end, or -1 if it is not so. */
  #writeInOrder(bytes: Buffer, start: number, out: ByteSink): number {
    const keys = this.#keys;
    let at = start;
    for (let column = 0; column < keys.length; column++) {
      const key = keys[column]!;
      if (bytes[at++] !== (column === 0 ? OPEN_BRACE : COMMA)) return -1;
      for (let k = 0; k < key.length; k++) if (bytes[at + k] !== key[k]) return -1;
      if (column > 0) out.bytes[out.length++] = this.#delimiter;
      at = this.#cells.write(bytes, at + key.length, out);
      if (at < 0) return -1;
    }
    if (bytes[at] !== CLOSE_BRACE || bytes[at + 1] !== LF) return -1;
    out.bytes[out.length++] = LF;
    out.commit();
    return at + 1;
  }

  /** Any record: checked as a whole, then its values are found by name. */
  #writeByName(bytes: Buffer, lineStart: number, start: number, out: ByteSink): number {
    const end = checkRecord(bytes, lineStart, start, this.#position);
    requireObject(bytes, start, this.#position);
    const starts = this.#starts.fill(-1);
    eachKey(bytes, start, (key, valueStart) => {
      const column = this.#columns!.get(key);
      if (column !== undefined) starts[column] = valueStart;
      else if (!this.#chosen) throw this.#newKey(key);
    });
    for (let column = 0; column < starts.length; column++) {
      if (column > 0) out.bytes[out.length++] = this.#delimiter;
      if (starts[column]! >= 0 && this.#cells.write(bytes, starts[column]!, out) < 0) {
        throw this.#loneSurrogate("the record");
      }
    }
    out.bytes[out.length++] = LF;
    out.commit();
    return end;
  }

  #keysOf(bytes: Buffer, start: number): string[] {
    const keys = new Set<string>();
    eachKey(bytes, start, (key) => keys.add(key));
    if (keys.size === 0) {
      throw badData(
        { ...this.#position },
        "the first record has no keys to name columns by; name them with ?columns=a,b",
      );
    }
    return [...keys];
  }

  #setColumns(names: readonly string[]): void {
    const columns = new Map(names.map((name, index) => [name, index]));
    if (columns.size < names.length) throw usageError(`?columns= names a column twice: ${names.join(",")}`);
    this.#columns = columns;
    this.#keys = names.map((name) => Buffer.from(`${JSON.stringify(name)}:`));
    this.#starts = new Int32Array(names.length);
  }

  #loneSurrogate(what: string): JnError {
    const problem = "has half of a surrogate pair (\\ud800 to \\udfff), which CSV cannot hold";
    return badData({ ...this.#position }, `${what} ${problem}`);
  }

  #newKey(key: string): JnError {
    const hint = "name the columns with ?columns=a,b (others are left out), or collect all with --union";
    return badData(
      { ...this.#position },
      `the record has a key that the first record had not: '${snippet(key)}'; ${hint}`,
    );
  }
}

/**
 * Requires the checked record at `start` to be an object.
 *
 * @throws JnError `BAD_DATA`
 */
export function requireObject(bytes: Buffer, start: number, position: LinePosition): void {
  if (bytes[start] === OPEN_BRACE) return;
  const text = snippet(bytes.toString("utf8", start, Math.min(bytes.indexOf(LF, start), start + 60)), 40);
  throw badData({ ...position }, `only objects can be CSV rows, not ${text}; turn it into one, as with {value: .}`);
}

const LF = 10;
const COMMA = 44;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
