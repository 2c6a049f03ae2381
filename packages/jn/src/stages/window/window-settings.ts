import { aggregateList } from "../../aggregates/aggregate-list.ts";
import { usageError } from "../../jn-error.ts";
import { fieldList } from "../../keys/field-list.ts";
import type { WindowedRecordsOptions } from "./windowed-records.ts";

/** How windows are asked for: as text. */
export interface WindowSettings {
  /** A number of records; with `time`, a time such as `500ms`, `10s`, `5m`, `1h` or `1d`. */
  readonly size: string;
  /** Default: the size. */
  readonly every?: string | undefined;
  readonly time?: string | undefined;
  readonly agg?: string | undefined;
}

/** @throws JnError `USAGE` for what makes no sense */
export function windowOptions({
  size,
  every = size,
  time,
  agg = "count",
}: WindowSettings): Pick<WindowedRecordsOptions, "size" | "every" | "time" | "aggregates"> {
  const span = time === undefined ? countOf : durationOf;
  const options = {
    size: span("--size", size),
    every: span("--every", every),
    time: time === undefined ? undefined : fieldList(time, "--time")[0]!.path,
    aggregates: aggregateList(agg),
  };
  if (options.every > options.size) throw usageError("--every must not be more than --size: records would be left out");
  return options;
}

function countOf(flag: string, text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text))
    throw usageError(`${flag} is a number of records (with --time, of time), not '${text}'`);
  return Number(text);
}

/** In milliseconds. */
function durationOf(flag: string, text: string): number {
  const [, digits, unit = ""] = /^([1-9]\d{0,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  if (digits === undefined) throw usageError(`${flag} is a time such as 500ms, 10s, 5m, 1h or 1d, not '${text}'`);
  return Number(digits) * MILLISECONDS.get(unit)!;
}

const MILLISECONDS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);
