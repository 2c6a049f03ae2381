import type { ByteSink, Transcoder } from "@jn/wire";
import { type LineSourceOptions, recordLines, type RecordHandler } from "../formats/ndjson/record-lines.ts";
import { RecordRun } from "../formats/ndjson/record-run.ts";
import type { CompiledFilter, FieldProgram } from "../filter/compiler/compile.ts";
import { RecordFields } from "../filter/record-fields.ts";
import { FilterError } from "../filter/value/filter-error.ts";
import { needsExactParse, parseExact, toJson } from "../filter/value/json-text.ts";
import type { Value } from "../filter/value/value.ts";
import { badData, type JnError } from "../jn-error.ts";
import { MAX_DEPTH } from "../json/json-scanner.ts";
import { checkRecord, type LinePosition } from "../json/record-check.ts";
import { visible } from "../text/visible.ts";
import { HeapBound } from "./heap-bound.ts";

export interface FilteredRecordsOptions extends LineSourceOptions {
  /**
   * What a result does. `records` (default): `true` keeps the record, once; `false` and `null` drop it; anything else
   * replaces it. `values`: every result is printed, as jq does. `raw`: the same, strings without quotes.
   */
  readonly results?: "records" | "values" | "raw" | undefined;
}

/**
 * Runs a filter on each record.
 *
 * A record that a filter only selects passes by its own bytes. A filter that looks only at fields gets only these; records
 * are then checked but not parsed. Both ways give the same results.
 *
 * @throws JnError `BAD_DATA` with the line of the record that is no JSON, or that the filter failed on
 */
export function filteredRecords(filter: CompiledFilter, options: FilteredRecordsOptions): Transcoder {
  return recordLines(options, (position) => new FilterHandler(filter, options, position));
}

/** Runs a filter once on null, without reading anything. */
export function filteredNull(filter: CompiledFilter, options: FilteredRecordsOptions, out: ByteSink): void {
  const { results = "records" } = options;
  try {
    filter.run(null, (value) => {
      if (results === "records" && (value === null || value === false)) return;
      writeValue(value, results === "raw", out);
    });
  } catch (error) {
    throw explained(error, { source: "the filter", line: 1 });
  }
}

class FilterHandler implements RecordHandler {
  readonly #filter: CompiledFilter;
  readonly #printsAll: boolean;
  readonly #raw: boolean;
  readonly #position: LinePosition;
  readonly #byFields: FieldProgram | undefined;
  readonly #fields: RecordFields | undefined;
  readonly #run = new RecordRun();
  readonly #heap = new HeapBound();

  /** The record at hand. */
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #input: Value = null;
  #kept = false;
  #out: ByteSink | undefined;

  constructor(filter: CompiledFilter, options: FilteredRecordsOptions, position: LinePosition) {
    const { results = "records" } = options;
    this.#filter = filter;
    this.#printsAll = results !== "records";
    this.#raw = results === "raw";
    this.#position = position;
    this.#byFields = filter.byFields;
    this.#fields = filter.byFields === undefined ? undefined : new RecordFields(filter.byFields.paths, position);
  }

  record(bytes: Buffer, lineStart: number, start: number, out: ByteSink): number {
    this.#bytes = bytes;
    this.#start = start;
    this.#out = out;
    this.#kept = false;
    try {
      const fields = this.#fields;
      if (fields !== undefined) {
        this.#end = fields.scan(bytes, lineStart, start);
        if (fields.isRegular) {
          this.#byFields!.run(fields.values, this.#replace, this.#keep);
          return this.#end;
        }
      }
      this.#runWhole(bytes, lineStart, start);
      return this.#end;
    } catch (error) {
      throw explained(error, this.#position);
    }
  }

  endOfLines(bytes: Buffer, out: ByteSink): void {
    this.#run.end(bytes, out);
    this.#input = null;
    this.#heap.passed(bytes.length);
  }

  #runWhole(bytes: Buffer, lineStart: number, start: number): void {
    const lineEnd = bytes.indexOf(NEWLINE, start);
    this.#input = parseRecord(bytes, lineStart, start, lineEnd, this.#position);
    this.#end = lineEnd;
    while (bytes[this.#end - 1]! <= SPACE) this.#end--;
    this.#filter.run(this.#input, this.#result);
  }

  /** A result of the filter on the whole value: the value itself stands for the record's own bytes. */
  readonly #result = (value: Value): void => {
    if (
      value === this.#input &&
      (typeof value === "object" || this.#printsAll) &&
      !(this.#raw && typeof value === "string")
    ) {
      if (value !== null || this.#printsAll) this.#keep();
    } else this.#replace(value);
  };

  readonly #replace = (value: Value): void => {
    if (!this.#printsAll) {
      if (value === false || value === null) return;
      if (value === true) {
        this.#keep();
        return;
      }
    }
    this.#run.end(this.#bytes, this.#out!);
    writeValue(value, this.#raw, this.#out!);
  };

  readonly #keep = (): void => {
    if (this.#kept && !this.#printsAll) return;
    this.#kept = true;
    this.#run.add(this.#bytes, this.#start, this.#end, this.#out!);
  };
}

function parseRecord(bytes: Buffer, lineStart: number, start: number, lineEnd: number, position: LinePosition): Value {
  const text = bytes.toString("utf8", start, lineEnd);
  // The engine's parser knows no limit of depth, but what is shorter than this cannot be too deep.
  if (lineEnd - start > 2 * MAX_DEPTH) checkRecord(bytes, lineStart, start, position);
  if (needsExactParse(bytes, start, lineEnd)) {
    checkRecord(bytes, lineStart, start, position);
    return parseExact(text);
  }
  try {
    return JSON.parse(text) as Value;
  } catch {
    checkRecord(bytes, lineStart, start, position);
    throw badData(position, "not JSON");
  }
}

function writeValue(value: Value, raw: boolean, out: ByteSink): void {
  const text = raw && typeof value === "string" ? value : toJson(value);
  out.reserve(3 * text.length + 1);
  out.length += out.bytes.write(text, out.length);
  out.bytes[out.length++] = NEWLINE;
  out.commit();
}

/** Errors of the filter, and of the engine that runs it, which a deep or a huge value exhausts, as errors for the user. */
function explained(error: unknown, position: LinePosition): unknown {
  const place = { source: position.source, line: position.line };
  if (error instanceof FilterError) return badData(place, `the filter failed: ${visible(error.message)}`);
  if (error instanceof RangeError && /stack/i.test(error.message)) return tooDeep(place);
  if (error instanceof RangeError || isTooLong(error))
    return badData(place, "the filter made a value that is too large");
  return error;
}

/** Node's error for text beyond the longest string, which is no RangeError. */
function isTooLong(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_STRING_TOO_LONG";
}

function tooDeep(place: { readonly source: string; readonly line: number }): JnError {
  return badData(place, "the value is nested, or the filter recurses, too deeply");
}

const NEWLINE = 10;
const SPACE = 32;
