/** A point in time in its parts, as C's `struct tm` has them. Not normalised: a month may be 14. */
export interface BrokenDownTime {
  /** With the century. */
  readonly year: number;
  /** From 0. */
  readonly month: number;
  /** From 1. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** With its fraction. */
  readonly second: number;
  /** From 0, Sunday. */
  readonly weekday: number;
  /** From 0. */
  readonly yearday: number;
}

/** The parts of a time in seconds since 1970, in UTC. */
export function fromSeconds(seconds: number): BrokenDownTime {
  const date = new Date(Math.trunc(seconds) * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds() + (seconds - Math.floor(seconds)),
    weekday: date.getUTCDay(),
    yearday: yeardayOf(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()),
  };
}

/** The same in the local time zone. */
export function localFromSeconds(seconds: number): BrokenDownTime {
  const date = new Date(Math.trunc(seconds) * 1000);
  return {
    year: date.getFullYear(),
    month: date.getMonth(),
    day: date.getDate(),
    hour: date.getHours(),
    minute: date.getMinutes(),
    second: date.getSeconds() + (seconds - Math.floor(seconds)),
    weekday: date.getDay(),
    yearday: yeardayOf(date.getFullYear(), date.getMonth(), date.getDate()),
  };
}

/** Seconds since 1970 of parts in UTC. Weekday and day of the year do not count. */
export function toSeconds(time: BrokenDownTime): number {
  return utc(time) / 1000 + time.second;
}

/** The same time with its weekday and day of the year set right. */
export function withDays(time: BrokenDownTime): BrokenDownTime {
  const date = new Date(utc(time));
  return {
    ...time,
    weekday: date.getUTCDay(),
    yearday: yeardayOf(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()),
  };
}

/** Milliseconds, without the seconds. `Date.UTC` takes the years 0 to 99 for 1900 to 1999, so it gets others. */
function utc(time: BrokenDownTime): number {
  const [year, month, day, hour, minute] = [time.year, time.month, time.day, time.hour, time.minute].map(Math.trunc);
  const isShifted = year! >= 0 && year! < 100;
  const shifted = Date.UTC(isShifted ? year! + 400 : year!, month, day, hour, minute);
  return isShifted ? shifted - DAYS_OF_400_YEARS * DAY_MS : shifted;
}

function yeardayOf(year: number, month: number, day: number): number {
  return DAYS_BEFORE[month]! + day - 1 + (month > 1 && isLeapYear(year) ? 1 : 0);
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

const DAYS_BEFORE: readonly number[] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAY_MS = 86_400_000;
const DAYS_OF_400_YEARS = 146_097;
