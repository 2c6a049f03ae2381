import { add, subtract } from "../value/arithmetic.ts";
import { elements, index } from "../value/access.ts";
import { occurrences } from "../value/occurrences.ts";
import { FilterError } from "../value/filter-error.ts";
import { Ownership } from "../value/ownership.ts";
import { shown } from "../value/shown.ts";
import { requireRoom, spend, take } from "../value/budget.ts";
import { asDouble, compareValues, isArray, isObject, type Value } from "../value/value.ts";
import type { NativeBuiltin } from "./native.ts";
import { length } from "./types.ts";

/**
 * Builtins over arrays. Those with `_by_keys` take the keys, calculated by the caller, as an array beside the input: the
 * library defines `sort_by(f)` as `_sort_by_keys(map([f]))`.
 */
export const arrayBuiltins: readonly (readonly [string, NativeBuiltin])[] = [
  ["add/0", (input) => sum(elements(input))],
  ["any/0", (input) => elements(input).some((element) => element !== false && element !== null)],
  ["all/0", (input) => elements(input).every((element) => element !== false && element !== null)],
  ["sort/0", (input) => array(input).toSorted(compareValues)],
  ["_sort_by_keys/1", (input, keys = null) => keyed(input, keys).map(([, element]) => element)],
  ["_group_by_keys/1", groups],
  ["_unique_by_keys/1", (input, keys = null) => groups(input, keys).map((group) => group[0]!)],
  ["_min_by_keys/1", (input, keys = null) => extreme(input, keys, -1)],
  ["_max_by_keys/1", (input, keys = null) => extreme(input, keys, 1)],
  ["unique/0", (input) => groups(array(input), input).map((group) => group[0]!)],
  ["min/0", (input) => extreme(input, input, -1)],
  ["max/0", (input) => extreme(input, input, 1)],
  [
    "reverse/0",
    (input) => {
      if (input === null) return [];
      if (typeof input === "string") return [...input].toReversed().join("");
      if (isObject(input) && Object.keys(input).length === 0) return [];
      return isArray(input) ? input.toReversed() : index(input, 0);
    },
  ],
  ["flatten/0", (input) => flatten(elements(input), -1)],
  [
    "flatten/1",
    (input, depth = null) => {
      if (compareValues(depth, 0) < 0) throw new FilterError("flatten depth must not be negative");
      return flatten(elements(input), depth);
    },
  ],
  [
    "transpose/0",
    (input) => {
      const rows = elements(input);
      const width = rows.reduce<number>((widest, row) => Math.max(widest, asDouble(length(row) as number)), 0);
      return Array.from({ length: width }, (_, column) => {
        spend(rows.length);
        take(8 * rows.length);
        return rows.map((row) => index(row, column));
      });
    },
  ],
  ["bsearch/1", bsearch],
  ["indices/1", indices],
];

/** What is added to is changed in place: it would be copied as often as there are others. */
function sum(values: readonly Value[]): Value {
  if (values.length < FEW) return values.reduce(add, null);
  const own = new Ownership();
  return values.reduce((total, value) => own.add(total, value), null);
}

function array(input: Value): readonly Value[] {
  if (!isArray(input)) throw new FilterError(`${shown(input)} cannot be sorted, as it is not an array`);
  spend(COSTLY * input.length);
  return input;
}

function keyed(input: Value, keyList: Value): readonly (readonly [Value, Value])[] {
  if (!isArray(input) || !isArray(keyList)) {
    throw new FilterError(`${shown(input)} and ${shown(keyList)} cannot be sorted, as they are not both arrays`);
  }
  spend(COSTLY * input.length);
  return input
    .map((element, at): readonly [Value, Value] => [keyList[at]!, element])
    .toSorted(([left], [right]) => compareValues(left, right));
}

function groups(input: Value, keys: Value = null): Value[][] {
  const result: Value[][] = [];
  let last: Value | undefined;
  for (const [key, element] of keyed(input, keys)) {
    if (last !== undefined && compareValues(last, key) === 0) result.at(-1)!.push(element);
    else result.push([element]);
    last = key;
  }
  return result;
}

/** The least (`sign` -1: the first of equals) or greatest (1: the last of equals) element; null when there is none. */
function extreme(input: Value, keys: Value, sign: 1 | -1): Value {
  if (!isArray(input) || !isArray(keys)) {
    throw new FilterError(`${shown(input)} and ${shown(keys)} cannot be iterated over`);
  }
  let best: number | undefined;
  for (const at of input.keys()) {
    const order = best === undefined ? 1 : compareValues(keys[at]!, keys[best]!) * sign;
    if (order > 0 || (order === 0 && sign > 0)) best = at;
  }
  return best === undefined ? null : input[best]!;
}

/** To a depth that is 0 sometime, or never. */
function flatten(input: readonly Value[], depth: Value): Value[] {
  const flat: Value[] = [];
  const left: { readonly array: readonly Value[]; readonly depth: Value; next: number }[] = [
    { array: input, depth, next: 0 },
  ];
  for (let level = left.at(-1); level !== undefined; level = left.at(-1)) {
    if (level.next === level.array.length) {
      left.pop();
      continue;
    }
    const element = level.array[level.next++]!;
    spend(1);
    if (!isArray(element) || compareValues(level.depth, 0) === 0) {
      flat.push(element);
      requireRoom(flat.length);
    } else left.push({ array: element, depth: subtract(level.depth, 1), next: 0 });
  }
  return flat;
}

/** Where a value is in a sorted array, or -1 minus where it would have to be. */
function bsearch(input: Value, wanted: Value = null): Value {
  if (!isArray(input)) throw new FilterError(`${shown(input)} cannot be searched from`);
  let [low, high] = [0, input.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = compareValues(input[middle]!, wanted);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1 - low;
}

function indices(input: Value, wanted: Value = null): Value {
  if (input === null) return null;
  if (typeof input === "string" && typeof wanted === "string") {
    if (wanted === "") return [];
    return positions(input, wanted);
  }
  if (isArray(input)) return index(input, isArray(wanted) ? wanted : [wanted]);
  return index(input, wanted);
}

/** Where `wanted` begins in the text, counted in characters. */
function positions(text: string, wanted: string): number[] {
  const found: number[] = [];
  let characters = 0;
  let counted = 0;
  for (const at of occurrences(text, wanted)) {
    for (; counted < at; characters++) counted += text.codePointAt(counted)! > 0xffff ? 2 : 1;
    // A lone surrogate can be found inside a pair, which is no character's beginning.
    if (counted === at) found.push(characters);
  }
  return found;
}

/** What sorting costs for each element, in elements that are looked at. */
const COSTLY = 8;

/** For fewer values it is not worth the while to know what was copied before. */
const FEW = 8;
