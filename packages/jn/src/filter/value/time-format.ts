import { type BrokenDownTime, isLeapYear, toSeconds } from "./broken-down-time.ts";
import { COMPOSED, MONTHS, WEEKDAYS } from "./time-names.ts";

/**
 * Formats a time as C's `strftime` does in the C locale, with the GNU flags `-` (no padding), `_` (blanks), `0`, `^` (upper
 * case). What is no conversion stays as it is.
 *
 * @param isLocal whether `%Z` and `%z` are those of the local time zone, else UTC
 */
export function formatTime(time: BrokenDownTime, format: string, isLocal: boolean): string {
  return format.replaceAll(
    /%([-_0^#]*)(\d*)[EO]?([a-zA-Z%])/g,
    (whole, flags: string, width: string, letter: string) => {
      const composed = COMPOSED.get(letter);
      if (composed !== undefined) return cased(formatTime(time, composed, isLocal), flags);
      const number = NUMBERS.get(letter);
      if (number !== undefined) {
        const [value, digits, pad] = number(time);
        const fill = flags.includes("-") ? "" : flags.includes("_") ? " " : flags.includes("0") ? "0" : pad;
        const text = String(Math.abs(value));
        const wanted = width === "" ? digits : Number(width);
        return (value < 0 ? "-" : "") + (fill === "" ? text : text.padStart(Math.min(wanted, MAX_WIDTH), fill));
      }
      const text = TEXTS.get(letter);
      return text === undefined ? whole : cased(text(time, isLocal), flags);
    },
  );
}

function cased(text: string, flags: string): string {
  return flags.includes("^") ? text.toUpperCase() : text;
}

type Numeric = (time: BrokenDownTime) => readonly [value: number, digits: number, pad: string];

const NUMBERS: ReadonlyMap<string, Numeric> = new Map<string, Numeric>([
  ["C", ({ year }) => [Math.floor(year / 100), 2, "0"]],
  ["d", ({ day }) => [day, 2, "0"]],
  ["e", ({ day }) => [day, 2, " "]],
  ["g", (time) => [((isoWeek(time).year % 100) + 100) % 100, 2, "0"]],
  ["G", (time) => [isoWeek(time).year, 1, "0"]],
  ["H", ({ hour }) => [hour, 2, "0"]],
  ["I", ({ hour }) => [twelveHour(hour), 2, "0"]],
  ["j", ({ yearday }) => [yearday + 1, 3, "0"]],
  ["k", ({ hour }) => [hour, 2, " "]],
  ["l", ({ hour }) => [twelveHour(hour), 2, " "]],
  ["m", ({ month }) => [month + 1, 2, "0"]],
  ["M", ({ minute }) => [minute, 2, "0"]],
  ["s", (time) => [Math.floor(toSeconds(time)), 1, "0"]],
  ["S", ({ second }) => [Math.floor(second), 2, "0"]],
  ["u", ({ weekday }) => [weekday === 0 ? 7 : weekday, 1, "0"]],
  ["U", ({ weekday, yearday }) => [Math.floor((yearday + 7 - weekday) / 7), 2, "0"]],
  ["V", (time) => [isoWeek(time).week, 2, "0"]],
  ["w", ({ weekday }) => [weekday, 1, "0"]],
  ["W", ({ weekday, yearday }) => [Math.floor((yearday + 7 - ((weekday + 6) % 7)) / 7), 2, "0"]],
  ["y", ({ year }) => [((year % 100) + 100) % 100, 2, "0"]],
  ["Y", ({ year }) => [year, 1, "0"]],
]);

const TEXTS: ReadonlyMap<string, (time: BrokenDownTime, isLocal: boolean) => string> = new Map([
  ["a", ({ weekday }: BrokenDownTime) => (WEEKDAYS[weekday] ?? "?").slice(0, 3)],
  ["A", ({ weekday }: BrokenDownTime) => WEEKDAYS[weekday] ?? "?"],
  ["b", ({ month }: BrokenDownTime) => (MONTHS[month] ?? "?").slice(0, 3)],
  ["B", ({ month }: BrokenDownTime) => MONTHS[month] ?? "?"],
  ["h", ({ month }: BrokenDownTime) => (MONTHS[month] ?? "?").slice(0, 3)],
  ["n", () => "\n"],
  ["p", ({ hour }: BrokenDownTime) => (hour < 12 ? "AM" : "PM")],
  ["P", ({ hour }: BrokenDownTime) => (hour < 12 ? "am" : "pm")],
  ["t", () => "\t"],
  ["z", (time: BrokenDownTime, isLocal: boolean) => (isLocal ? offsetOf(localDate(time)) : "+0000")],
  ["Z", (time: BrokenDownTime, isLocal: boolean) => (isLocal ? zoneOf(localDate(time)) : "UTC")],
  ["%", () => "%"],
]);

function twelveHour(hour: number): number {
  return hour % 12 === 0 ? 12 : hour % 12;
}

/** ISO 8601: the week of the year's first Thursday is week 1, and a week belongs to the year of its Thursday. */
function isoWeek({ year, weekday, yearday }: BrokenDownTime): { readonly year: number; readonly week: number } {
  const week = Math.floor((yearday - ((weekday + 6) % 7) + 10) / 7);
  if (week < 1) return { year: year - 1, week: weeksIn(year - 1) };
  return week > weeksIn(year) ? { year: year + 1, week: 1 } : { year, week };
}

function weeksIn(year: number): number {
  const first = new Date(Date.UTC(2000, 0, 1));
  first.setUTCFullYear(year);
  const weekday = first.getUTCDay();
  return weekday === 4 || (weekday === 3 && isLeapYear(year)) ? 53 : 52;
}

function localDate({ year, month, day, hour, minute, second }: BrokenDownTime): Date {
  return new Date(year, month, day, hour, minute, second);
}

function offsetOf(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  const digits = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${digits(size / 60)}${digits(size % 60)}`;
}

function zoneOf(date: Date): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" }).formatToParts(date);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "UTC";
}

const MAX_WIDTH = 1000;
