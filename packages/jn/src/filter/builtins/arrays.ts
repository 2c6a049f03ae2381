import { add } from "../value/arithmetic.ts";
import { elements, index } from "../value/access.ts";
import { FilterError } from "../value/filter-error.ts";
import { shown } from "../value/shown.ts";
import { asDouble, compareValues, isArray, isNumber, isObject, type Value } from "../value/value.ts";
import type { NativeBuiltin } from "./native.ts";

/**
 * Builtins over arrays. Those with `_by_keys` take the keys, calculated by the caller, as an array beside the input: the
 * library defines `sort_by(f)` as `_sort_by_keys(map([f]))`.
 */
export const arrayBuiltins: readonly (readonly [string, NativeBuiltin])[] = [
  ["add/0", (input) => sum(isObject(input) ? Object.values(input) : array(input, "added"))],
  ["any/0", (input) => elements(input).some((element) => element !== false && element !== null)],
  ["all/0", (input) => elements(input).every((element) => element !== false && element !== null)],
  ["sort/0", (input) => array(input, "sorted").toSorted(compareValues)],
  ["_sort_by_keys/1", (input, keys = null) => keyed(input, keys, "sorted").map(([, element]) => element)],
  ["_group_by_keys/1", (input, keys = null) => groups(input, keys, "grouped")],
  ["_unique_by_keys/1", (input, keys = null) => groups(input, keys, "grouped").map((group) => group[0]!)],
  ["_min_by_keys/1", (input, keys = null) => extreme(input, keys, -1)],
  ["_max_by_keys/1", (input, keys = null) => extreme(input, keys, 1)],
  ["unique/0", (input) => groups(input, input, "sorted").map((group) => group[0]!)],
  ["min/0", (input) => extreme(input, input, -1)],
  ["max/0", (input) => extreme(input, input, 1)],
  [
    "reverse/0",
    (input) => {
      if (input === null) return [];
      return typeof input === "string" ? [...input].toReversed().join("") : array(input, "reversed").toReversed();
    },
  ],
  ["flatten/0", (input) => flatten(elements(input), Number.POSITIVE_INFINITY)],
  [
    "flatten/1",
    (input, depth = null) => {
      if (!isNumber(depth)) throw new FilterError(`${shown(depth)} is no depth to flatten to`);
      if (asDouble(depth) < 0) throw new FilterError("flatten depth must not be negative");
      return flatten(elements(input), asDouble(depth));
    },
  ],
  [
    "transpose/0",
    (input) => {
      const rows = array(input, "transposed").map((row) => array(row, "transposed"));
      const width = rows.reduce((widest, row) => Math.max(widest, row.length), 0);
      return Array.from({ length: width }, (_, column) => rows.map((row) => row[column] ?? null));
    },
  ],
  ["indices/1", indices],
];

/** Arrays are joined at once: one after the other would copy the first of them as often as there are others. */
function sum(values: readonly Value[]): Value {
  return values.length > 2 && values.every(isArray) ? values.flat() : values.reduce(add, null);
}

function array(input: Value, done: string): readonly Value[] {
  if (!isArray(input)) throw new FilterError(`${shown(input)} cannot be ${done}, as it is not an array`);
  return input;
}

function keyed(input: Value, keys: Value, done: string): readonly (readonly [Value, Value])[] {
  const keyList = array(keys, done);
  return array(input, done)
    .map((element, at): readonly [Value, Value] => [keyList[at]!, element])
    .toSorted(([left], [right]) => compareValues(left, right));
}

function groups(input: Value, keys: Value, done: string): Value[][] {
  const result: Value[][] = [];
  let last: Value | undefined;
  for (const [key, element] of keyed(input, keys, done)) {
    if (last !== undefined && compareValues(last, key) === 0) result.at(-1)!.push(element);
    else result.push([element]);
    last = key;
  }
  return result;
}

/** The least (`sign` -1: the first of equals) or greatest (1: the last of equals) element; null when there is none. */
function extreme(input: Value, keys: Value, sign: 1 | -1): Value {
  const keyList = array(keys, "compared");
  let best: number | undefined;
  for (const at of array(input, "compared").keys()) {
    const order = best === undefined ? 1 : compareValues(keyList[at]!, keyList[best]!) * sign;
    if (order > 0 || (order === 0 && sign > 0)) best = at;
  }
  return best === undefined ? null : (input as readonly Value[])[best]!;
}

function flatten(input: readonly Value[], depth: number): Value[] {
  return input.flatMap((element) => (isArray(element) && depth > 0 ? flatten(element, depth - 1) : [element]));
}

function indices(input: Value, wanted: Value = null): Value {
  if (input === null) return null;
  if (typeof input === "string" && typeof wanted === "string") {
    if (wanted === "") return null;
    return positions(input, wanted);
  }
  if (isArray(input) && !isArray(wanted)) return index(input, [wanted]);
  return index(input, wanted);
}

/** Where `wanted` begins in the text, counted in characters. */
function positions(text: string, wanted: string): number[] {
  const found: number[] = [];
  let characters = 0;
  let counted = 0;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    for (; counted < at; characters++) counted += text.codePointAt(counted)! > 0xffff ? 2 : 1;
    // A lone surrogate can be found inside a pair, which is no character's beginning.
    if (counted === at) found.push(characters);
  }
  return found;
}
