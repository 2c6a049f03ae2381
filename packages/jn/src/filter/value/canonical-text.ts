import { ExactNumber } from "./exact-number.ts";
import { asDouble, isArray, isNumber, isObject, type Value } from "./value.ts";

/** A text that is the same for equal values: numbers by their value, keys in order. */
export function canonicalText(input: Value): string {
  if (isArray(input)) return `[${input.map(canonicalText).join(",")}]`;
  if (isObject(input)) {
    const keys = Object.keys(input).toSorted();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalText(input[key]!)}`).join(",")}}`;
  }
  if (!isNumber(input)) return JSON.stringify(input);
  // Not equal to anything, itself included.
  if (Number.isNaN(asDouble(input))) return `NaN${++notANumbers}`;
  const integer = ExactNumber.integer(input);
  return integer === undefined ? String(asDouble(input) + 0) : integer.toString();
}

let notANumbers = 0;
