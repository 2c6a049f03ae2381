import type { ByteSink, Transcoder } from "@jn/wire";
import { type LineSourceOptions, recordLines, type RecordHandler } from "../formats/ndjson/record-lines.ts";
import { RecordRun } from "../formats/ndjson/record-run.ts";
import type { CompiledFilter, FieldProgram } from "../filter/compiler/compile.ts";
import { NativeRecords } from "../kernels/native-records.ts";
import { RecordFields } from "../filter/record-fields.ts";
import { RecordWriter } from "../filter/record-writer.ts";
import type { Value } from "../filter/value/value.ts";
import { JnError } from "../jn-error.ts";
import type { LinePosition } from "../json/record-check.ts";
import { explained } from "./filter-failure.ts";
import { FILTER_ADVICE, HeapBound } from "./heap-bound.ts";
import { HeldResults } from "./held-results.ts";
import { parseRecord } from "./parsed-record.ts";
import { type Printer, ResultPrinter } from "./result-printer.ts";

export interface FilteredRecordsOptions extends LineSourceOptions {
  /**
   * What a result does. `records` (default): `true` keeps the record, once; `false` and `null` drop it; anything else
   * replaces it. `values`: every result is printed, as jq does.
   */
  readonly results?: "records" | "values" | undefined;
  /** Default: one that prints JSON lines. */
  readonly printer?: Printer | undefined;
  /** Told which line is being filtered. */
  readonly onPosition?: ((position: LinePosition) => void) | undefined;
}

/**
 * Runs a filter on each record.
 *
 * A record that a filter only selects passes by its own bytes. A filter that looks only at fields gets only these; records
 * are then checked but not parsed. Both ways give the same results. With `bad`, the results of a record are held until it
 * has given all of them: it has results, or it is bad.
 *
 * @throws JnError `BAD_DATA` with the line of the record that is no JSON, or that the filter failed on
 */
export function filteredRecords(filter: CompiledFilter, options: FilteredRecordsOptions): Transcoder {
  return recordLines(options, (position) => {
    options.onPosition?.(position);
    return new FilterHandler(filter, options, position);
  });
}

class FilterHandler implements RecordHandler {
  readonly #filter: CompiledFilter;
  readonly #printsAll: boolean;
  readonly #printer: Printer;
  readonly #position: LinePosition;
  readonly #byFields: FieldProgram | undefined;
  readonly #fields: RecordFields | undefined;
  readonly #writer: RecordWriter | undefined;
  readonly #run = new RecordRun();
  readonly #heap = new HeapBound(FILTER_ADVICE);
  readonly #held: HeldResults | undefined;
  /** Whether values were made of the lines at hand. */
  #hasMade = false;
  readonly usual: RecordHandler["usual"];
  readonly carrier: RecordHandler["carrier"];

  /** The record at hand. */
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #input: Value = null;
  #kept = false;
  #out: ByteSink | undefined;

  constructor(filter: CompiledFilter, options: FilteredRecordsOptions, position: LinePosition) {
    const { results = "records", printer = new ResultPrinter() } = options;
    this.#filter = filter;
    this.#printsAll = results !== "records";
    this.#printer = printer;
    this.#position = position;
    this.#held = options.bad === undefined ? undefined : new HeldResults();
    this.#byFields = printer.keepsBytes ? filter.byFields : undefined;
    const native = this.#nativeRecords(options);
    this.usual = native && this.#usual(native);
    this.carrier = native?.carrier(position, (bytes) => {
      if (bytes > 0) this.#printer.lastIsTruthy = true;
    });
    this.#fields = this.#byFields === undefined ? undefined : new RecordFields(this.#byFields.wants, position);
    this.#writer = this.#fields === undefined ? undefined : new RecordWriter(this.#fields, this.#beforeWriting);
  }

  record(bytes: Buffer, lineStart: number, start: number, out: ByteSink): number {
    const held = this.#held;
    if (held === undefined) return this.#filterRecord(bytes, lineStart, start, out);
    const { lastIsTruthy } = this.#printer;
    try {
      const end = this.#filterRecord(bytes, lineStart, start, held.sink);
      this.#settle();
      return end;
    } catch (error) {
      this.#run.end(bytes, held.sink);
      if (error instanceof JnError) {
        held.clear();
        this.#printer.lastIsTruthy = lastIsTruthy;
      }
      this.#printer.settle?.(false);
      throw error;
    } finally {
      this.#run.end(bytes, held.sink);
      held.moveTo(out);
    }
  }

  #settle(): void {
    try {
      this.#printer.settle?.(true);
    } catch (error) {
      throw explained(error, this.#position, this.#filter);
    }
  }

  #filterRecord(bytes: Buffer, lineStart: number, start: number, out: ByteSink): number {
    this.#bytes = bytes;
    this.#start = start;
    this.#out = out;
    this.#kept = false;
    this.#hasMade = true;
    try {
      const fields = this.#fields;
      if (fields !== undefined) {
        this.#end = fields.scan(bytes, lineStart, start);
        if (fields.isRegular) {
          this.#writer!.read(bytes, out);
          this.#byFields!.run(fields.values, this.#replace, this.#keep, this.#writer!);
          return this.#end;
        }
      }
      this.#runWhole(bytes, lineStart, start);
      return this.#end;
    } catch (error) {
      throw explained(error, this.#position, this.#filter);
    }
  }

  endOfLines(bytes: Buffer, out: ByteSink): void {
    this.#run.end(bytes, out);
    this.#input = null;
    this.#writer?.forget();
    // Where all was done natively, no value was made.
    if (this.#hasMade) this.#heap.passed(bytes.length);
    this.#hasMade = false;
  }

  /** What takes records in the usual form, if the filter can be run so. */
  #nativeRecords({ kernels }: FilteredRecordsOptions): NativeRecords | undefined {
    const selection = this.#byFields?.selection;
    if (kernels === undefined || selection === undefined || (selection.isBoolean && this.#printsAll)) return undefined;
    return new NativeRecords(kernels, (all) => all.records(selection.program));
  }

  #usual(native: NativeRecords): RecordHandler["usual"] {
    return (bytes, at, end, out) => {
      this.#run.end(bytes, out);
      const written = out.drained + out.length;
      const next = native.run(bytes, at, end, this.#position, out);
      if (out.drained + out.length > written) this.#printer.lastIsTruthy = true;
      return next;
    };
  }

  #runWhole(bytes: Buffer, lineStart: number, start: number): void {
    const lineEnd = bytes.indexOf(NEWLINE, start);
    this.#input = parseRecord(bytes, lineStart, start, lineEnd, this.#position);
    this.#end = lineEnd;
    while (bytes[this.#end - 1]! <= SPACE) this.#end--;
    this.#filter.run(this.#input, this.#result);
  }

  readonly #beforeWriting = (): void => {
    this.#run.end(this.#bytes, this.#out!);
    this.#printer.lastIsTruthy = true;
  };

  /** A result of the filter on the whole value: the value itself stands for the record's own bytes. */
  readonly #result = (value: Value): void => {
    if (value === this.#input && typeof value === "object" && value !== null && this.#printer.keepsBytes) this.#keep();
    else this.#replace(value);
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
    this.#printer.print(value, this.#out!);
  };

  readonly #keep = (): void => {
    if (this.#kept && !this.#printsAll) return;
    this.#kept = true;
    this.#printer.lastIsTruthy = true;
    if (!this.#printer.keepsBytes) {
      this.#printer.print(this.#input, this.#out!);
      return;
    }
    this.#run.add(this.#bytes, this.#start, this.#end, this.#out!);
  };
}

const NEWLINE = 10;
const SPACE = 32;
