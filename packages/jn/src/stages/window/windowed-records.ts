import type { ByteSink, Transcoder } from "@jn/wire";
import { Aggregates, type AggregateSpec, checkValues } from "../../aggregates/aggregate-list.ts";
import { type LineSourceOptions, recordLines } from "../../formats/ndjson/record-lines.ts";
import { readValue } from "../../filter/record-value.ts";
import type { Value } from "../../filter/value/value.ts";
import { badData } from "../../jn-error.ts";
import { RecordKeys } from "../../keys/record-keys.ts";
import { HeapBound } from "../heap-bound.ts";

export interface WindowedRecordsOptions extends LineSourceOptions {
  /** How much a window spans: records, or milliseconds. */
  readonly size: number;
  /** After how much the next window begins. */
  readonly every: number;
  /** The field with the time of a record: ISO text, or seconds since 1970; undefined: windows of records. */
  readonly time: readonly string[] | undefined;
  readonly aggregates: readonly AggregateSpec[];
}

/**
 * A record for each window: where it begins and ends, and its aggregates.
 *
 * Windows overlap when `every` is less than `size`. They are made of panes, as long as the greatest common divisor of both, of
 * which each has the aggregates of its records (Li, Maier, Tufte and others, "No pane, no gain", 2005): memory is that of size / pane
 * aggregates, however many records there are.
 */
export function windowedRecords(options: WindowedRecordsOptions): Transcoder {
  const { time, aggregates } = options;
  const paths = aggregates.flatMap(({ path }) => (path === undefined ? [] : [path]));
  const wanted = time === undefined ? paths : [time, ...paths];
  return recordLines(options, (position) => {
    const keys = new RecordKeys(wanted, position);
    const windows = new Windows(options);
    const heap = new HeapBound(WINDOW_ADVICE);
    let records = 0;
    return {
      record(bytes, lineStart, start, out) {
        const end = keys.read(bytes, lineStart, start);
        heap.passed(end - start);
        const values = time === undefined ? keys.values : keys.values.slice(1);
        const at = time === undefined ? records : timeOf(keys.values[0]!);
        if (typeof at === "string") throw badData({ ...position }, at);
        checkValues(aggregates, paths.length === 0 ? [] : values, position);
        if (!windows.isOpenAt(at)) {
          throw badData({ ...position }, "the record is older than a window that is complete; sort by time first");
        }
        records++;
        if (time !== undefined) windows.closeUntil(at, out);
        windows.isText = typeof keys.values[0] === "string";
        windows.add(at, values, () => readValue(bytes, start, end));
        if (time === undefined) windows.closeUntil(records, out);
        return end;
      },
      finish(out) {
        if (time === undefined) windows.closeLast(records, out);
        else windows.closeUntil(Infinity, out);
      },
    };
  });
}

const WINDOW_ADVICE = "let fewer windows overlap (--every)";

class Windows {
  /** Whether times are written as text. */
  isText = false;
  /** Where the first window begins that is not complete; undefined before the first record. */
  #next: number | undefined;
  readonly #panes = new Map<number, Aggregates>();
  readonly #paneSize: number;
  readonly #options: WindowedRecordsOptions;

  constructor(options: WindowedRecordsOptions) {
    this.#options = options;
    this.#paneSize = greatestCommonDivisor(options.size, options.every);
    if (options.time === undefined) this.#next = 0;
  }

  /** Whether no window with this place in it is complete. */
  isOpenAt(at: number): boolean {
    return this.#next === undefined || this.#firstWith(at) >= this.#next;
  }

  add(at: number, values: readonly Value[], record: () => Value): void {
    this.#next ??= this.#firstWith(at);
    const start = Math.floor(at / this.#paneSize) * this.#paneSize;
    let pane = this.#panes.get(start);
    if (pane === undefined) {
      pane = new Aggregates(this.#options.aggregates);
      this.#panes.set(start, pane);
    }
    pane.add(values, record);
  }

  /** Writes the windows that end at `at` or before it; those without records are left out. */
  closeUntil(at: number, out: ByteSink): void {
    const { size, every } = this.#options;
    while (this.#next !== undefined && this.#panes.size > 0 && this.#next + size <= at) {
      this.#put(this.#next, this.#next + size, out);
      this.#next += every;
      for (const pane of this.#panes.keys()) if (pane < this.#next) this.#panes.delete(pane);
    }
    if (this.#next !== undefined && this.#panes.size === 0 && Number.isFinite(at)) {
      this.#next = Math.max(this.#next, this.#firstWith(at));
    }
  }

  /** Writes the last window of records, which is shorter, if it has some that no other one had. */
  closeLast(count: number, out: ByteSink): void {
    const { size, every } = this.#options;
    const next = this.#next ?? 0;
    const covered = next === 0 ? 0 : next - every + size;
    if (covered < count) this.#put(next, count, out);
  }

  /** Where the first window begins that has this place in it. */
  #firstWith(at: number): number {
    const { size, every, time } = this.#options;
    const first = (Math.floor((at - size) / every) + 1) * every;
    return time === undefined ? Math.max(0, first) : first;
  }

  #put(start: number, end: number, out: ByteSink): void {
    const inside = [...this.#panes].filter(([at]) => at >= start && at < end);
    if (inside.length === 0) return;
    const whole = new Aggregates(this.#options.aggregates);
    for (const [, pane] of inside.toSorted(([a], [b]) => a - b)) whole.merge(pane);
    const line = Buffer.from(`{"start":${this.#shown(start)},"end":${this.#shown(end)},${whole.members()}}\n`);
    out.appendRecords(line, 0, line.length);
  }

  #shown(at: number): string {
    if (this.#options.time === undefined) return String(at);
    return this.isText ? `"${new Date(at).toISOString()}"` : String(at / 1000);
  }
}

/** Milliseconds since 1970; text: what is wrong. */
function timeOf(value: Value): number | string {
  const milliseconds = typeof value === "string" ? Date.parse(value) : typeof value === "number" ? value * 1000 : NaN;
  const wanted = "the time must be ISO text, such as 2026-01-31T12:00:00Z, or seconds since 1970";
  return Number.isNaN(milliseconds) ? wanted : milliseconds;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
