import { spend, take, takeCopy, takeText } from "./budget.ts";
import { ExactNumber } from "./exact-number.ts";
import { FilterError } from "./filter-error.ts";
import { isSlowToFind, occurrences } from "./occurrences.ts";
import { setOwn } from "./json-text.ts";
import { shown } from "./shown.ts";
import { asDouble, compareValues, isArray, isNumber, isObject, type ObjectValue, type Value } from "./value.ts";

/** `left + right`: numbers, strings, arrays joined, objects merged; null changes nothing. */
export function add(left: Value, right: Value): Value {
  if (typeof left === "number" && typeof right === "number") {
    const sum = left + right;
    return sum <= MAX_SAFE && sum >= -MAX_SAFE ? sum : exactly(left, right, sum, (a, b) => a + b);
  }
  if (typeof left === "string" && typeof right === "string") {
    if (left.length + right.length > MAX_STRING) throw tooLong(left.length + right.length);
    return left + right;
  }
  if (left === null) return right;
  if (right === null) return left;
  if (isNumber(left) && isNumber(right)) {
    return exactly(left, right, asDouble(left) + asDouble(right), (a, b) => a + b);
  }
  if (isArray(left) && isArray(right)) {
    const length = left.length + right.length;
    if (length > MAX_ELEMENTS) throw tooMany(length);
    take(8 * length);
    return [...left, ...right];
  }
  if (isObject(left) && isObject(right)) {
    takeCopy(left);
    return { ...left, ...right };
  }
  throw new FilterError(`${shown(left)} and ${shown(right)} cannot be added`);
}

/** `left - right`: numbers; arrays without the elements of the other. */
export function subtract(left: Value, right: Value): Value {
  if (isNumber(left) && isNumber(right)) {
    const difference = asDouble(left) - asDouble(right);
    const isSafe = typeof left === "number" && typeof right === "number" && Math.abs(difference) <= MAX_SAFE;
    return isSafe ? difference : exactly(left, right, difference, (a, b) => a - b);
  }
  if (isArray(left) && isArray(right)) {
    const others = right.toSorted(compareValues);
    return left.filter((element) => !isAmong(others, element));
  }
  throw new FilterError(`${shown(left)} and ${shown(right)} cannot be subtracted`);
}

/** Whether a sorted array has an element that is equal to this one. */
function isAmong(sorted: readonly Value[], element: Value): boolean {
  let [low, high] = [0, sorted.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = compareValues(element, sorted[middle]!);
    if (order === 0) return true;
    if (order < 0) high = middle - 1;
    else low = middle + 1;
  }
  return false;
}

/** `left * right`: numbers; a string repeated; objects merged deeply. */
export function multiply(left: Value, right: Value): Value {
  if (isNumber(left) && isNumber(right)) {
    const product = asDouble(left) * asDouble(right);
    const isSafe = typeof left === "number" && typeof right === "number" && Math.abs(product) <= MAX_SAFE;
    return isSafe ? product : exactly(left, right, product, (a, b) => a * b);
  }
  if (typeof left === "string" && isNumber(right)) return repeatString(left, asDouble(right));
  if (isNumber(left) && typeof right === "string") return repeatString(right, asDouble(left));
  if (isObject(left) && isObject(right)) return mergeDeep(left, right);
  throw new FilterError(`${shown(left)} and ${shown(right)} cannot be multiplied`);
}

/** `left / right`: numbers; a string split by another. */
export function divide(left: Value, right: Value): Value {
  if (isNumber(left) && isNumber(right)) {
    const divisor = asDouble(right);
    if (divisor === 0)
      throw new FilterError(`${shown(left)} and ${shown(right)} cannot be divided because the divisor is zero`);
    return asDouble(left) / divisor;
  }
  if (typeof left === "string" && typeof right === "string") return splitString(left, right);
  throw new FilterError(`${shown(left)} and ${shown(right)} cannot be divided`);
}

/** `left % right`: of the integer parts; the sign is that of the left. */
export function modulo(left: Value, right: Value): Value {
  if (isNumber(left) && isNumber(right)) {
    const [dividend, divisor] = [asDouble(left), asDouble(right)];
    if (Number.isNaN(dividend) || Number.isNaN(divisor)) return Number.NaN;
    const whole = Math.trunc(divisor);
    if (whole === 0) {
      throw new FilterError(
        `${shown(left)} and ${shown(right)} cannot be divided (remainder) because the divisor is zero`,
      );
    }
    const [exactLeft, exactRight] = [ExactNumber.integer(left), ExactNumber.integer(right)];
    if (exactLeft !== undefined && exactRight !== undefined && Math.abs(dividend) > MAX_SAFE) {
      return ExactNumber.ofInteger(exactLeft % exactRight);
    }
    if (Math.abs(dividend) <= MAX_SAFE && Math.abs(divisor) <= MAX_SAFE) return (Math.trunc(dividend) % whole) + 0;
    return Number(toInteger(dividend) % toInteger(divisor));
  }
  throw new FilterError(`${shown(left)} and ${shown(right)} cannot be divided (remainder)`);
}

export function negate(value: Value): Value {
  if (typeof value === "number") return value === 0 ? 0 : -value;
  if (!isNumber(value)) throw new FilterError(`${shown(value)} cannot be negated`);
  if (value.double === 0) return 0;
  return ExactNumber.parse(value.text.startsWith("-") ? value.text.slice(1) : `-${value.text}`);
}

/** The pieces of a string between separators; of an empty string none, as in jq. */
export function splitString(text: string, separator: string): Value {
  if (text === "") return [];
  takeText(TEXT_PART_BYTES * text.length);
  if (separator === "") return [...text];
  return isSlowToFind(text.length, separator.length) ? cutAt(text, separator) : text.split(separator);
}

function cutAt(text: string, separator: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const at of occurrences(text, separator)) {
    if (at < from) continue;
    parts.push(text.slice(from, at));
    from = at + separator.length;
  }
  return [...parts, text.slice(from)];
}

/** Integers too large for a double are calculated exactly, when both sides are integers; else the double counts. */
function exactly(
  left: number | ExactNumber,
  right: number | ExactNumber,
  double: number,
  operation: (a: bigint, b: bigint) => bigint,
): Value {
  if (!Number.isFinite(double) || Math.abs(double) > 1e300) return double;
  const [a, b] = [ExactNumber.integer(left), ExactNumber.integer(right)];
  return a === undefined || b === undefined ? double : ExactNumber.ofInteger(operation(a, b));
}

/** As an integer of 64 bits, which is what jq calculates remainders of. */
function toInteger(value: number): bigint {
  return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : value > 0 ? 2n ** 63n - 1n : -(2n ** 63n);
}

function repeatString(text: string, count: number): Value {
  if (!(count >= 0)) return null;
  const times = text === "" ? 0 : Math.floor(count);
  if (text.length * times > MAX_STRING) throw new FilterError("Repeat string result too long");
  takeText(text.length * times);
  return text.repeat(times);
}

function tooLong(length: number): FilterError {
  return new FilterError(`a string of ${length} characters is too long`);
}

function tooMany(length: number): FilterError {
  return new FilterError(`an array of ${length} elements is too large`);
}

function mergeDeep(left: ObjectValue, right: ObjectValue): ObjectValue {
  spend(COSTLY);
  const merged: Record<string, Value> = { ...left };
  takeCopy(merged);
  for (const key of Object.keys(right)) {
    const [before, after] = [Object.hasOwn(left, key) ? left[key]! : null, right[key]!];
    setOwn(merged, key, isObject(before) && isObject(after) ? mergeDeep(before, after) : after);
  }
  return merged;
}

const MAX_SAFE = Number.MAX_SAFE_INTEGER;

/** What it costs to merge two objects, in elements that are looked at. */
const COSTLY = 8;
/** Of a part of a text that is cut to pieces, for each character of it, at most. */
const TEXT_PART_BYTES = 20;
/** Longest array that arithmetic makes. */
const MAX_ELEMENTS = 2 ** 26;

/** Longest string that arithmetic makes, in UTF-16 units: 256 Mi, half of what the engine can hold. */
const MAX_STRING = 256 * 1024 * 1024;
