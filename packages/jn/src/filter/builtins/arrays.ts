import { add } from "../value/arithmetic.ts";
import { index } from "../value/access.ts";
import { FilterError } from "../value/filter-error.ts";
import { shown } from "../value/shown.ts";
import { asDouble, compareValues, isArray, isNumber, isObject, type Value } from "../value/value.ts";
import type { NativeBuiltin } from "./native.ts";

/**
 * Builtins over arrays. Those with `_by_keys` take the keys, calculated by the caller, as an array beside the input: the
 * library defines `sort_by(f)` as `_sort_by_keys(map([f]))`.
 */
export const arrayBuiltins: readonly (readonly [string, NativeBuiltin])[] = [
  ["add/0", (input) => (isObject(input) ? Object.values(input) : array(input, "added")).reduce(add, null)],
  ["any/0", (input) => array(input, "tested").some((element) => element !== false && element !== null)],
  ["all/0", (input) => array(input, "tested").every((element) => element !== false && element !== null)],
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
  ["flatten/0", (input) => flatten(array(input, "flattened"), Number.POSITIVE_INFINITY)],
  [
    "flatten/1",
    (input, depth = null) => {
      if (!isNumber(depth)) throw new FilterError(`${shown(depth)} is no depth to flatten to`);
      if (asDouble(depth) < 0) throw new FilterError("flatten depth must not be negative");
      return flatten(array(input, "flattened"), asDouble(depth));
    },
  ],
  [
    "transpose/0",
    (input) => {
      const rows = array(input, "transposed").map((row) => array(row, "transposed"));
      const width = Math.max(0, ...rows.map((row) => row.length));
      return Array.from({ length: width }, (_, column) => rows.map((row) => row[column] ?? null));
    },
  ],
  ["indices/1", indices],
];

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
    const found: number[] = [];
    for (let at = input.indexOf(wanted); at >= 0; at = input.indexOf(wanted, at + 1))
      found.push([...input.slice(0, at)].length);
    return found;
  }
  if (isArray(input) && !isArray(wanted)) return index(input, [wanted]);
  return index(input, wanted);
}
