import { fromSeconds, type BrokenDownTime } from "../value/broken-down-time.ts";
import { FilterError } from "../value/filter-error.ts";
import { shown } from "../value/shown.ts";
import { formatTime } from "../value/time-format.ts";
import { asDouble, isNumber, type Value } from "../value/value.ts";
import type { NativeBuiltin } from "./native.ts";

/**
 * Additions to jq: parts of a time, in UTC. The input is a time if it is a number, of seconds since 1970, or a string in
 * ISO 8601; for anything else it is the present time.
 */
export const timeBuiltins: readonly (readonly [string, NativeBuiltin])[] = [
  ...Object.entries<(time: BrokenDownTime) => Value>({
    year: ({ year }) => year,
    month: ({ month }) => month + 1,
    day: ({ day }) => day,
    hour: ({ hour }) => hour,
    minute: ({ minute }) => minute,
    second: ({ second }) => Math.floor(second),
    today: (time) => formatTime(time, "%Y-%m-%d", false),
    time: (time) => formatTime(time, "%H:%M:%S", false),
    week: (time) => Number(formatTime(time, "%V", false)),
    weekday: (time) => formatTime(time, "%A", false),
    weekday_num: ({ weekday }) => (weekday === 0 ? 7 : weekday),
  }).map(([name, part]): readonly [string, NativeBuiltin] => [
    `${name}/0`,
    (input) => part(fromSeconds(secondsOf(input) ?? Date.now() / 1000)),
  ]),
  ["epoch/0", (input) => Math.floor(secondsOf(input) ?? Date.now() / 1000)],
  ["epoch_ms/0", (input) => Math.round((secondsOf(input) ?? Date.now() / 1000) * 1000)],
  ["delta/0", (input) => Date.now() / 1000 - requiredSeconds(input)],
  ["ago/0", (input) => distance(Date.now() / 1000 - requiredSeconds(input))],
];

function secondsOf(input: Value): number | undefined {
  if (isNumber(input) && Math.abs(asDouble(input)) <= MAX_SECONDS) return asDouble(input);
  if (typeof input !== "string") return undefined;
  const hasZone = !input.includes(":") || /(?:Z|[+-]\d\d:?\d\d)$/.test(input);
  const milliseconds = Date.parse(hasZone ? input : `${input}Z`);
  if (!ISO.test(input) || Number.isNaN(milliseconds)) throw new FilterError(`${shown(input)} is no time in ISO 8601`);
  return milliseconds / 1000;
}

function requiredSeconds(input: Value): number {
  const seconds = secondsOf(input);
  if (seconds === undefined) throw new FilterError(`${shown(input)} is no time`);
  return seconds;
}

function distance(seconds: number): string {
  const size = Math.abs(seconds);
  const [unit, length] = UNITS.find(([, least]) => size >= least) ?? ["second", 1];
  const count = Math.floor(size / length);
  const text = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds < 0 ? `in ${text}` : `${text} ago`;
}

const UNITS: readonly (readonly [unit: string, seconds: number])[] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
/** A date, or a date and a time, which is UTC unless it says otherwise. */
const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?$/;
const MAX_SECONDS = 8.64e12;
