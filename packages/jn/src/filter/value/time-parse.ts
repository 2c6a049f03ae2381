import { type BrokenDownTime, fromSeconds, isLeapYear, withDays } from "./broken-down-time.ts";
import { COMPOSED, MONTHS, WEEKDAYS } from "./time-names.ts";

/**
 * Parses a time as C's `strptime` does in the C locale. Undefined when the text, to its end, does not match the format.
 *
 * A time zone is read and has no effect, as in jq.
 */
export function parseTime(text: string, format: string): BrokenDownTime | undefined {
  const parser = new TimeParser(text);
  if (!parser.read(format) || !parser.isAtEnd()) return undefined;
  return parser.time();
}

interface Fields {
  year: number;
  century: number | undefined;
  yearOfCentury: number | undefined;
  month: number;
  day: number;
  yearday: number | undefined;
  hour: number;
  isAfternoon: boolean | undefined;
  minute: number;
  second: number;
  /** `%s` sets everything. */
  epoch: number | undefined;
}

class TimeParser {
  readonly #text: string;
  #at = 0;
  readonly #fields: Fields = {
    year: 1970,
    century: undefined,
    yearOfCentury: undefined,
    month: 0,
    day: 1,
    yearday: undefined,
    hour: 0,
    isAfternoon: undefined,
    minute: 0,
    second: 0,
    epoch: undefined,
  };

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  read(format: string): boolean {
    for (let at = 0; at < format.length; at++) {
      const character = format[at]!;
      if (/\s/.test(character)) this.#skipBlanks();
      else if (character !== "%") {
        if (this.#text[this.#at++] !== character) return false;
      } else {
        at++;
        while (/[-_0^#EO]/.test(format[at] ?? "")) at++;
        if (!this.#convert(format[at] ?? "")) return false;
      }
    }
    return true;
  }

  time(): BrokenDownTime {
    const { epoch, yearday, isAfternoon, minute, second, century, yearOfCentury } = this.#fields;
    if (epoch !== undefined) return fromSeconds(epoch);
    let { year, month, day, hour } = this.#fields;
    if (century !== undefined) year = century * 100 + (yearOfCentury ?? 0);
    else if (yearOfCentury !== undefined) year = yearOfCentury + (yearOfCentury < 69 ? 2000 : 1900);
    if (isAfternoon !== undefined) hour = (hour % 12) + (isAfternoon ? 12 : 0);
    if (yearday !== undefined) {
      month = 0;
      day = yearday + 1;
      for (; month < 11 && day > daysIn(month, year); month++) day -= daysIn(month, year);
    }
    return withDays({ year, month, day, hour, minute, second, weekday: 0, yearday: 0 });
  }

  #convert(letter: string): boolean {
    const composed = COMPOSED.get(letter);
    if (composed !== undefined) return this.read(composed);
    const fields = this.#fields;
    switch (letter) {
      case "%":
        return this.#text[this.#at++] === "%";
      case "n":
      case "t":
        this.#skipBlanks();
        return true;
      case "a":
      case "A":
        return this.#name(WEEKDAYS, () => undefined);
      case "b":
      case "B":
      case "h":
        return this.#name(MONTHS, (month) => (fields.month = month));
      case "p":
      case "P":
        return this.#name(["AM", "PM"], (half) => (fields.isAfternoon = half === 1));
      case "s": {
        const match = this.#matched(/[+-]?\d{1,15}/y);
        if (match === undefined) return false;
        fields.epoch = Number(match);
        return true;
      }
      case "z":
        this.#skipBlanks();
        return this.#matched(/Z|[+-]\d\d(?::?\d\d)?/y) !== undefined;
      case "Z":
        return this.#matched(/[A-Za-z]+/y) !== undefined;
      default: {
        const number = NUMBERS.get(letter);
        if (number === undefined) return false;
        const [digits, least, most, set] = number;
        this.#skipBlanks();
        const match = this.#matched(new RegExp(`[+-]?\\d{1,${digits}}`, "y"));
        if (match === undefined || Number(match) < least || Number(match) > most) return false;
        set(fields, Number(match));
        return true;
      }
    }
  }

  #name(names: readonly string[], set: (index: number) => void): boolean {
    const rest = this.#text.slice(this.#at, this.#at + MAX_NAME).toLowerCase();
    for (const [index, name] of names.entries()) {
      const found = [name, name.slice(0, 3)].find((form) => rest.startsWith(form.toLowerCase()));
      if (found === undefined) continue;
      set(index);
      this.#at += found.length;
      return true;
    }
    return false;
  }

  #skipBlanks(): void {
    this.#matched(/\s*/y);
  }

  #matched(expression: RegExp): string | undefined {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#text)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }
}

type NumberSpec = readonly [digits: number, least: number, most: number, set: (fields: Fields, value: number) => void];

const NUMBERS: ReadonlyMap<string, NumberSpec> = new Map<string, NumberSpec>([
  ["C", [2, 0, 99, (fields, value) => (fields.century = value)]],
  ["d", [2, 1, 31, (fields, value) => (fields.day = value)]],
  ["e", [2, 1, 31, (fields, value) => (fields.day = value)]],
  ["H", [2, 0, 23, (fields, value) => (fields.hour = value)]],
  ["k", [2, 0, 23, (fields, value) => (fields.hour = value)]],
  ["I", [2, 1, 12, (fields, value) => (fields.hour = value)]],
  ["l", [2, 1, 12, (fields, value) => (fields.hour = value)]],
  ["j", [3, 1, 366, (fields, value) => (fields.yearday = value - 1)]],
  ["m", [2, 1, 12, (fields, value) => (fields.month = value - 1)]],
  ["M", [2, 0, 59, (fields, value) => (fields.minute = value)]],
  ["S", [2, 0, 60, (fields, value) => (fields.second = value)]],
  ["u", [1, 1, 7, () => undefined]],
  ["U", [2, 0, 53, () => undefined]],
  ["V", [2, 0, 53, () => undefined]],
  ["w", [1, 0, 6, () => undefined]],
  ["W", [2, 0, 53, () => undefined]],
  ["g", [2, 0, 99, () => undefined]],
  ["G", [4, 0, 9999, () => undefined]],
  ["y", [2, 0, 99, (fields, value) => (fields.yearOfCentury = value)]],
  ["Y", [4, -9999, 9999, (fields, value) => (fields.year = value)]],
]);

function daysIn(month: number, year: number): number {
  if (month === 1) return isLeapYear(year) ? 29 : 28;
  return [3, 5, 8, 10].includes(month) ? 30 : 31;
}

const MAX_NAME = 10;
