import { FilterError } from "../value/filter-error.ts";
import { asDouble, isArray, isNumber, type Value } from "../value/value.ts";
import { type BrokenDownTime, fromSeconds, localFromSeconds, toSeconds } from "../value/broken-down-time.ts";
import { formatTime } from "../value/time-format.ts";
import { parseTime } from "../value/time-parse.ts";
import type { NativeBuiltin } from "./native.ts";

/** Points in time: seconds since 1970, and "broken down" as arrays of year, month from 0, day, hour, minute, second, ... */
export const dateBuiltins: readonly (readonly [string, NativeBuiltin])[] = [
  ["now/0", () => Date.now() / 1000],
  ["gmtime/0", (input) => asArray(fromSeconds(secondsOf(input, "gmtime")))],
  ["localtime/0", (input) => asArray(localFromSeconds(secondsOf(input, "localtime")))],
  ["mktime/0", mktime],
  ["strftime/1", (input, format = null) => formatted(input, format, "strftime", false)],
  ["strflocaltime/1", (input, format = null) => formatted(input, format, "strflocaltime", true)],
  [
    "strptime/1",
    (input, format = null) => {
      if (typeof input !== "string" || typeof format !== "string") {
        throw new FilterError("strptime/1 requires string inputs and arguments");
      }
      const time = parseTime(input, format);
      if (time === undefined) throw new FilterError(`date "${input}" does not match format "${format}"`);
      return asArray(time);
    },
  ],
];

function mktime(input: Value): Value {
  if (!isArray(input)) throw new FilterError("mktime requires array inputs");
  return Math.floor(toSeconds(fromArray(input, "mktime requires parsed datetime inputs")));
}

function formatted(input: Value, format: Value, name: string, isLocal: boolean): Value {
  const unusable = `${name}/1 requires parsed datetime inputs`;
  if (!isNumber(input) && !isArray(input)) throw new FilterError(unusable);
  if (typeof format !== "string") throw new FilterError(`${name}/1 requires a string format`);
  if (isArray(input)) return formatTime(fromArray(input, unusable), format, isLocal);
  const seconds = secondsOf(input, name);
  return formatTime(isLocal ? localFromSeconds(seconds) : fromSeconds(seconds), format, isLocal);
}

function secondsOf(input: Value, name: string): number {
  if (!isNumber(input)) throw new FilterError(`${name}() requires numeric inputs`);
  const seconds = asDouble(input);
  if (!(Math.abs(seconds) <= MAX_SECONDS)) throw new FilterError(`${name}: the time is out of range`);
  return seconds;
}

function asArray(time: BrokenDownTime): Value {
  const { year, month, day, hour, minute, second, weekday, yearday } = time;
  return [year, month, day, hour, minute, second, weekday, yearday];
}

function fromArray(parts: readonly Value[], unusable: string): BrokenDownTime {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, weekday = 0, yearday = 0] = parts.map(
    (part) => {
      if (!isNumber(part)) throw new FilterError(unusable);
      return asDouble(part);
    },
  );
  return { year, month, day, hour, minute, second: Math.floor(second), weekday, yearday };
}

/** What a date can be in JavaScript. */
const MAX_SECONDS = 8.64e12;
