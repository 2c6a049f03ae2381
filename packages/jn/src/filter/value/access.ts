import { FilterError } from "./filter-error.ts";
import { setOwn } from "./json-text.ts";
import { externalKey, internalKey } from "./object-key.ts";
import { shown } from "./shown.ts";
import { asDouble, compareValues, isArray, isNumber, isObject, typeName, type Value } from "./value.ts";

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
      const position = Math.floor(asDouble(at));
      return value[position < 0 ? position + value.length : position] ?? null;
    }
    if (value === null) return null;
    throw cannotIndex(value, at);
  }
  if (isObject(at) && (isArray(value) || value === null || typeof value === "string")) {
    if (value !== null && !(Object.hasOwn(at, "start") && Object.hasOwn(at, "end"))) throw badSlice();
    return slice(value, field(at, "start"), field(at, "end"));
  }
  if (isArray(at) && isArray(value)) return indexesOf(value, at);
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
    const characters = [...value];
    return characters.slice(...sliceBounds(characters.length, from, to)).join("");
  }
  return value.slice(...sliceBounds(value.length, from, to));
}

function badSlice(): FilterError {
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
  from = 0,
): Value | undefined {
  if (from === path.length) return change(value);
  const step = path[from]!;
  const inner = updatePath(index(value, step), path, change, from + 1);
  if (inner === undefined) return undefined;
  if (typeof step === "string") return withField(value, internalKey(step), inner);
  if (isNumber(step)) return withElement(value, Math.floor(asDouble(step)), inner);
  if (isObject(step)) return withSlice(value, field(step, "start"), field(step, "end"), inner);
  throw new FilterError(`Cannot update field at ${typeName(step)} index of ${typeName(value)}`);
}

export function setPath(value: Value, path: readonly Value[], to: Value): Value {
  return updatePath(value, path, () => to)!;
}

/** A copy of an object (or null) with one key set. */
function withField(value: Value, key: string, to: Value): Value {
  if (value !== null && !isObject(value)) throw cannotIndex(value, externalKey(key));
  const copy: Record<string, Value> = { ...value };
  setOwn(copy, key, to);
  return copy;
}

/** A copy of `value` without what the paths lead to; longer and later paths first, so that positions stay right. */
export function deletePaths(value: Value, paths: readonly (readonly Value[])[]): Value {
  return paths.toSorted(compareValues).reduceRight<Value>((left, path) => deletePath(left, path, 0), value);
}

function deletePath(value: Value, path: readonly Value[], from: number): Value {
  if (from === path.length) return null;
  if (value === null) return null;
  const step = path[from]!;
  if (from + 1 < path.length) {
    const inner = index(value, step);
    return inner === null ? value : setPath(value, [step], deletePath(inner, path, from + 1));
  }
  if (isObject(value) && typeof step === "string") {
    const copy: Record<string, Value> = { ...value };
    delete copy[internalKey(step)];
    return copy;
  }
  if (isArray(value) && isNumber(step)) {
    const position = Math.floor(asDouble(step));
    return value.toSpliced(position < -value.length ? value.length : position, position < -value.length ? 0 : 1);
  }
  if (isArray(value) && isObject(step)) {
    const [from, to] = [field(step, "start"), field(step, "end")];
    if ((from !== null && !isNumber(from)) || (to !== null && !isNumber(to))) throw badSlice();
    const [start, end] = sliceBounds(value.length, field(step, "start"), field(step, "end"));
    return value.toSpliced(start, Math.max(0, end - start));
  }
  if (isObject(value)) throw new FilterError(`Cannot delete field at object index of ${typeName(step)}`);
  if (isArray(value)) throw new FilterError(`Cannot delete array element of ${typeName(step)}`);
  throw new FilterError(`Cannot delete fields from ${typeName(value)}`);
}

function withElement(value: Value, position: number, to: Value): Value {
  if (value !== null && !isArray(value)) throw cannotIndex(value, position);
  const copy = value === null ? [] : [...value];
  const at = position < 0 ? position + copy.length : position;
  if (at < 0) throw new FilterError("Out of bounds negative array index");
  if (at > MAX_INDEX) throw new FilterError("Array index too large");
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
  const [start, end] = sliceBounds(array.length, from, to);
  return [...array.slice(0, start), ...replacement, ...array.slice(Math.max(start, end))];
}

function sliceBounds(length: number, from: Value, to: Value): readonly [start: number, end: number] {
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

function indexesOf(array: readonly Value[], wanted: readonly Value[]): Value {
  const found: number[] = [];
  if (wanted.length === 0) return [];
  for (let at = 0; at + wanted.length <= array.length; at++) {
    if (wanted.every((value, offset) => compareValues(array[at + offset]!, value) === 0)) found.push(at);
  }
  return found;
}

/** Highest array position that can be assigned. (The engine dies where an array grows beyond 112 million elements.) */
const MAX_INDEX = 2 ** 26 - 1;
