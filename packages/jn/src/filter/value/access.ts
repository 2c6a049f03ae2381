import { take, takeCopy, takeText } from "./budget.ts";
import { FilterError } from "./filter-error.ts";
import { setOwn } from "./json-text.ts";
import { externalKey, internalKey } from "./object-key.ts";
import { arrayOccurrences } from "./occurrences.ts";
import { shown } from "./shown.ts";
import { asDouble, isArray, isNumber, isObject, typeName, type Value } from "./value.ts";

/** `value.key`, of an internal key; null for null and for a missing key. */
export function field(value: Value, key: string): Value {
  if (isObject(value)) return Object.hasOwn(value, key) ? value[key]! : null;
  if (value === null) return null;
  throw cannotIndex(value, externalKey(key));
}

/** `value[index]` for any kind of index: a key, a position, a `{start, end}` slice, an array to be found. */
export function index(value: Value, at: Value): Value {
  if (typeof at === "string") return field(value, internalKey(at));
  if (isNumber(at)) {
    if (isArray(value)) {
      const position = Math.trunc(asDouble(at));
      return value[position < 0 ? position + value.length : position] ?? null;
    }
    if (value === null) return null;
    throw cannotIndex(value, at);
  }
  if (isObject(at) && (isArray(value) || value === null || typeof value === "string")) {
    if (value !== null && !(Object.hasOwn(at, "start") && Object.hasOwn(at, "end"))) throw badSlice();
    return slice(value, field(at, "start"), field(at, "end"));
  }
  if (isArray(at) && isArray(value)) return arrayOccurrences(value, at);
  throw cannotIndex(value, at);
}

/** `value[from:to]` of an array, a string (by code points) or null. */
export function slice(value: Value, from: Value, to: Value): Value {
  if (value === null) return null;
  if (!isArray(value) && typeof value !== "string") throw cannotIndex(value, { start: from, end: to });
  if ((from !== null && !isNumber(from)) || (to !== null && !isNumber(to))) {
    throw badSlice();
  }
  if (typeof value === "string") {
    takeText(TEXT_ELEMENT_BYTES * value.length);
    const characters = [...value];
    return characters.slice(...sliceBounds(characters.length, from, to)).join("");
  }
  const bounds = sliceBounds(value.length, from, to);
  take(8 * Math.max(0, bounds[1] - bounds[0]));
  return value.slice(...bounds);
}

export function badSlice(): FilterError {
  return new FilterError("Array/string slice indices must be integers");
}

/** The values that `.[]` gives. */
export function elements(value: Value): readonly Value[] {
  if (isArray(value)) return value;
  if (isObject(value)) return Object.values(value);
  throw new FilterError(`Cannot iterate over ${shown(value)}`);
}

/** The keys that go with `elements`: positions or names. */
export function elementKeys(value: Value): readonly Value[] {
  if (isArray(value)) return Array.from(value.keys());
  if (isObject(value)) return Object.keys(value).map(externalKey);
  throw new FilterError(`Cannot iterate over ${shown(value)}`);
}

/** The value at a path; null as soon as something is missing. */
export function getPath(value: Value, path: readonly Value[]): Value {
  requireShort(path);
  let current = value;
  for (const step of path) {
    if (current === null) return null;
    current = index(current, step);
  }
  return current;
}

/**
 * A copy of `value` with `change` applied at the path; what is missing on the way is made. Undefined when the change gives
 * undefined.
 */
export function updatePath(
  value: Value,
  path: readonly Value[],
  change: (old: Value) => Value | undefined,
): Value | undefined {
  requireShort(path);
  // Without recursion: a path can be longer than the stack is deep.
  const holders: Value[] = [];
  let current = value;
  for (const step of path) {
    holders.push(current);
    current = index(current, step);
  }
  let result = change(current);
  for (let at = path.length - 1; at >= 0 && result !== undefined; at--) {
    const [holder, step] = [holders[at]!, path[at]!];
    if (typeof step === "string") result = withField(holder, internalKey(step), result);
    else if (isNumber(step)) result = withElement(holder, Math.trunc(asDouble(step)), result);
    else if (isObject(step)) result = withSlice(holder, field(step, "start"), field(step, "end"), result);
    else throw new FilterError(`Cannot update field at ${typeName(step)} index of ${typeName(holder)}`);
  }
  return result;
}

/** @throws FilterError for a path that jq finds too long */
export function requireShort(path: readonly Value[]): void {
  if (path.length > MAX_PATH) throw new FilterError("Path too deep");
}

export function setPath(value: Value, path: readonly Value[], to: Value): Value {
  return updatePath(value, path, () => to)!;
}

/** A copy of an object (or null) with one key set. */
function withField(value: Value, key: string, to: Value): Value {
  if (value !== null && !isObject(value)) throw cannotIndex(value, externalKey(key));
  if (value !== null) takeCopy(value);
  const copy: Record<string, Value> = { ...value };
  setOwn(copy, key, to);
  return copy;
}

function withElement(value: Value, position: number, to: Value): Value {
  if (value !== null && !isArray(value)) throw cannotIndex(value, position);
  const copy = value === null ? [] : value.slice();
  const at = position < 0 ? position + copy.length : position;
  if (at < 0) throw new FilterError("Out of bounds negative array index");
  if (at > MAX_INDEX) throw new FilterError("Array index too large");
  take(8 * Math.max(at, copy.length));
  while (copy.length < at) copy.push(null);
  copy[at] = to;
  return copy;
}

function withSlice(value: Value, from: Value, to: Value, replacement: Value): Value {
  if (typeof value === "string") throw new FilterError("Cannot update string slices");
  if (value !== null && !isArray(value)) throw cannotIndex(value, { start: from, end: to });
  if ((from !== null && !isNumber(from)) || (to !== null && !isNumber(to))) throw badSlice();
  if (!isArray(replacement)) throw new FilterError("A slice of an array can only be assigned another array");
  const array = value ?? [];
  take(8 * (array.length + replacement.length));
  const [start, end] = sliceBounds(array.length, from, to);
  return [...array.slice(0, start), ...replacement, ...array.slice(Math.max(start, end))];
}

/** Where a slice begins and ends; what is null is the array's own end. */
export function sliceBounds(length: number, from: Value, to: Value): readonly [start: number, end: number] {
  const bound = (value: Value, missing: number, round: (x: number) => number): number => {
    if (!isNumber(value)) return missing;
    const position = round(asDouble(value));
    return Math.min(length, Math.max(0, position < 0 ? position + length : position));
  };
  return [bound(from, 0, Math.floor), bound(to, length, Math.ceil)];
}

function cannotIndex(value: Value, at: Value): FilterError {
  return new FilterError(`Cannot index ${typeName(value)} with ${shown(at)}`);
}

const TEXT_ELEMENT_BYTES = 8;
/** As jq has it. */
const MAX_PATH = 10_000;

/** Highest array position that can be assigned. (The engine dies where an array grows beyond 112 million elements.) */
const MAX_INDEX = 2 ** 26 - 1;
