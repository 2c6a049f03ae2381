import { spend, take } from "./budget.ts";
import { ExactNumber } from "./exact-number.ts";
import { asDouble, isArray, isNumber, isObject, type Value } from "./value.ts";

/** A text that is the same for equal values: numbers by their value, keys in order. */
export function canonicalText(input: Value): string {
  if (isArray(input)) return enclosed("[", input.map(canonicalText), "]");
  if (isObject(input)) {
    const keys = Object.keys(input).toSorted();
    const members = keys.map((key) => `${JSON.stringify(key)}:${canonicalText(input[key]!)}`);
    return enclosed("{", members, "}");
  }
  if (!isNumber(input)) return JSON.stringify(input);
  // Not equal to anything, itself included.
  if (Number.isNaN(asDouble(input))) return `NaN${++notANumbers}`;
  const integer = ExactNumber.integer(input);
  return integer === undefined ? String(asDouble(input) + 0) : integer.toString();
}

function enclosed(open: string, parts: readonly string[], close: string): string {
  spend(COSTLY);
  const text = open + parts.join(",") + close;
  take(text.length);
  return text;
}

let notANumbers = 0;

/** What the text of an array or object costs, in elements that are looked at. */
const COSTLY = 4;
