import { spend, takeText } from "./budget.ts";
import { ExactNumber } from "./exact-number.ts";
import { externalKey, internalKey } from "./object-key.ts";

/**
 * A JSON value in a filter. Numbers are doubles, or `ExactNumber` where a double would change them. The keys of objects
 * are internal keys (see `object-key.ts`). Values are never changed once made: they may be shared.
 */
export type Value = null | boolean | number | string | ExactNumber | readonly Value[] | ObjectValue;

export interface ObjectValue {
  readonly [internalKey: string]: Value;
}

export type TypeName = "null" | "boolean" | "number" | "string" | "array" | "object";

export function typeName(value: Value): TypeName {
  switch (typeof value) {
    case "boolean":
      return "boolean";
    case "number":
      return "number";
    case "string":
      return "string";
    default:
      if (value === null) return "null";
      if (Array.isArray(value)) return "array";
      return value instanceof ExactNumber ? "number" : "object";
  }
}

export function isObject(value: Value): value is ObjectValue {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** A number as a double, whatever its form. */
export function asDouble(value: number | ExactNumber): number {
  return typeof value === "number" ? value : value.double;
}

export function isNumber(value: Value): value is number | ExactNumber {
  return typeof value === "number" || value instanceof ExactNumber;
}

/** Everything but false and null. */
export function isTruthy(value: Value): boolean {
  return value !== false && value !== null;
}

/** The keys of an object as the user knows them, sorted by code point as jq does. */
export function sortedKeys(value: ObjectValue): string[] {
  return Object.keys(value).map(externalKey).toSorted(compareStrings);
}

/** jq's total order: null < false < true < numbers < strings < arrays < objects. Negative, 0 or positive. */
export function compareValues(left: Value, right: Value): number {
  return compareAt(0, left, right);
}

function compareAt(depth: number, left: Value, right: Value): number {
  // NaN comes before every number, itself included.
  if (typeof left === "number" && typeof right === "number") return compareDoubles(left, right);
  if (typeof left === "string" && typeof right === "string") return compareStrings(left, right);
  const rank = orderRank(left);
  const difference = rank - orderRank(right);
  if (difference !== 0) return difference;
  if (isNumber(left) && isNumber(right)) return ExactNumber.compare(left, right);
  if (rank < ARRAY_RANK) return 0;
  spend(COSTLY);
  if (depth === MAX_CALLS) return compareDeep(left, right);
  if (isArray(left) && isArray(right)) return compareArrays(depth, left, right);
  return compareObjects(depth, left as ObjectValue, right as ObjectValue);
}

function compareDoubles(left: number, right: number): number {
  if (left === right) return 0;
  if (Number.isNaN(left)) return -1;
  return left < right ? -1 : 1;
}

/** Strings by code point, as jq orders them; JavaScript's own order differs above U+FFFF. */
function compareStrings(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  takeText(left.length + right.length);
  for (let at = 0; at < length; at++) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a === b) continue;
    // A surrogate stands for a character above U+FFFF, beyond every other code unit.
    const aHigh = a >= 0xd800 && a <= 0xdfff;
    const bHigh = b >= 0xd800 && b <= 0xdfff;
    if (aHigh !== bHigh) return aHigh ? 1 : -1;
    return a - b;
  }
  return left.length - right.length;
}

function orderRank(value: Value): number {
  switch (typeof value) {
    case "boolean":
      return value ? 2 : 1;
    case "number":
      return 3;
    case "string":
      return 4;
    default:
      if (value === null) return 0;
      if (Array.isArray(value)) return ARRAY_RANK;
      return value instanceof ExactNumber ? 3 : 6;
  }
}

function compareArrays(depth: number, left: readonly Value[], right: readonly Value[]): number {
  const length = Math.min(left.length, right.length);
  let at = 0;
  let order = 0;
  while (order === 0 && at < length) order = compareAt(depth + 1, left[at]!, right[at++]!);
  spend(at / ELEMENTS_AT_ONCE);
  return order === 0 ? left.length - right.length : order;
}

/** First the sorted keys as arrays, then the values key by key. */
function compareObjects(depth: number, left: ObjectValue, right: ObjectValue): number {
  const keys = sortedKeys(left);
  const order = compareArrays(depth, keys, sortedKeys(right));
  if (order !== 0) return order;
  for (const key of keys) {
    const byValue = compareAt(depth + 1, left[internalKey(key)]!, right[internalKey(key)]!);
    if (byValue !== 0) return byValue;
  }
  return 0;
}

/** The same for two arrays or two objects, without a function that calls itself. */
function compareDeep(left: Value, right: Value): number {
  const open = [{ ...partsOf(left, right), next: 0 }];
  for (let pair = open.at(-1); pair !== undefined; pair = open.at(-1)) {
    const at = pair.next++;
    if (at === pair.lefts.length || at === pair.rights.length) {
      if (pair.lefts.length !== pair.rights.length) return pair.lefts.length - pair.rights.length;
      open.pop();
      continue;
    }
    const [a, b] = [pair.lefts[at]!, pair.rights[at]!];
    if ((isArray(a) && isArray(b)) || (isObject(a) && isObject(b))) {
      spend(COSTLY);
      open.push({ ...partsOf(a, b), next: 0 });
    } else {
      const order = compareValues(a, b);
      if (order !== 0) return order;
    }
  }
  return 0;
}

/** What is compared of two arrays, or of two objects, one after the other: of objects with other keys these. */
function partsOf(left: Value, right: Value): { readonly lefts: readonly Value[]; readonly rights: readonly Value[] } {
  if (isArray(left) && isArray(right)) return { lefts: left, rights: right };
  const [a, b] = [left as ObjectValue, right as ObjectValue];
  const [lefts, rights] = [sortedKeys(a), sortedKeys(b)];
  if (compareValues(lefts, rights) !== 0) return { lefts, rights };
  const valuesOf = (object: ObjectValue): readonly Value[] => lefts.map((key) => object[internalKey(key)]!);
  return { lefts: valuesOf(a), rights: valuesOf(b) };
}

const ARRAY_RANK = 5;
/** How deeply functions call themselves here. */
const MAX_CALLS = 500;
/** What a look at a pair of arrays or objects costs, in elements. */
const COSTLY = 4;
/** As many are compared as quickly as another one is looked at. */
const ELEMENTS_AT_ONCE = 8;
