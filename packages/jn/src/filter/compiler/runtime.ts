import { nativeBuiltins } from "../builtins/native.ts";
import { HOST_BUILTINS } from "../builtins/host.ts";
import { formatText } from "../builtins/formats.ts";
import { elementKeys, elements, field, index, slice, updatePath } from "../value/access.ts";
import { deletePaths } from "../value/deletion.ts";
import { add, divide, modulo, multiply, negate, subtract } from "../value/arithmetic.ts";
import { FilterError } from "../value/filter-error.ts";
import { requireRoom, spend, takeCopy } from "../value/budget.ts";
import type { FilterHost } from "../host.ts";
import { setOwn, toJson } from "../value/json-text.ts";
import { internalKey } from "../value/object-key.ts";
import { Ownership } from "../value/ownership.ts";
import type { Steps } from "./steps.ts";
import { cutJson, shown } from "../value/shown.ts";
import { asDouble, compareValues, isArray, isNumber, isObject, isTruthy, type Value } from "../value/value.ts";

/** What compiled filters call: `rt` in their code. */
export function runtimeFor(host: FilterHost, steps: Steps): Readonly<Record<string, unknown>> {
  const nextInput = (): Value | undefined => {
    const next = host.nextInput();
    if (next !== undefined) steps.renew();
    return next;
  };
  return { ...shared, ...steps, native: nativeBuiltins(), host: { ...host, nextInput } };
}

const shared: Readonly<Record<string, unknown>> = {
  add,
  subtract,
  multiply,
  divide,
  modulo,
  negate,
  field,
  index,
  slice,
  elements,
  elementKeys,
  isTruthy,
  format: formatText,
  json: toJson,
  hosted: Object.fromEntries(HOST_BUILTINS),

  isEqual: (left: Value, right: Value): boolean => left === right || compareValues(left, right) === 0,
  isDifferent: (left: Value, right: Value): boolean => left !== right && compareValues(left, right) !== 0,
  isLess: (left: Value, right: Value): boolean => compareValues(left, right) < 0,
  isAtMost: (left: Value, right: Value): boolean => compareValues(left, right) <= 0,
  isGreater: (left: Value, right: Value): boolean => compareValues(left, right) > 0,
  isAtLeast: (left: Value, right: Value): boolean => compareValues(left, right) >= 0,

  /** An object of alternating keys and values; keys must be strings. */
  object(...entries: readonly Value[]): Value {
    const object: Record<string, Value> = {};
    for (let at = 0; at < entries.length; at += 2) {
      const key = entries[at]!;
      if (typeof key !== "string") throw new FilterError(`Cannot use ${shown(key)} as object key`);
      setOwn(object, internalKey(key), entries[at + 1]!);
    }
    return object;
  },

  /** What a key can be set in. */
  objectOrNull(value: Value, key: string): Value {
    if (isObject(value)) takeCopy(value);
    else if (value !== null) field(value, key);
    return value;
  },

  /** `update`: every collected path changed in turn; where the change has no result, the path is deleted at the end. */
  update(
    input: Value,
    collect: (add: (path: readonly Value[]) => void) => void,
    change: (old: Value) => Value | undefined,
  ): Value {
    const deleted: (readonly Value[])[] = [];
    let result = input;
    let own: Ownership | undefined;
    let count = 0;
    const owned = (old: Value): Value | undefined => {
      const value = change(old);
      if (value !== undefined && own!.owns(old)) own!.released(value);
      return value;
    };
    collect((path) => {
      // Of a few, each is changed in a copy; of many, all in one.
      if (++count === FEW) own = new Ownership();
      const changed = own === undefined ? updatePath(result, path, change) : own.update(result, path, owned);
      if (changed === undefined) deleted.push(path);
      else result = changed;
    });
    return deleted.length === 0 ? result : deletePaths(result, deleted);
  },

  /** A path with one more step. The value of an expression that is no path has none: `path` is then null. */
  extend(path: readonly Value[] | null, key: Value, value: Value): readonly Value[] {
    if (path !== null) return [...path, key];
    throw new FilterError(`Invalid path expression near attempt to access element ${toJson(key)} of ${cutJson(value)}`);
  },

  /** The same for each element. */
  iterable(path: readonly Value[] | null, value: Value): readonly Value[] {
    if (path !== null) return path;
    throw new FilterError(`Invalid path expression near attempt to iterate through ${cutJson(value)}`);
  },

  extendBy(path: readonly Value[] | null, keys: Value, value: Value): readonly Value[] {
    if (!isArray(keys)) throw new FilterError("Path must be specified as an array");
    return [...pathOf(path, value), ...keys];
  },

  pathOf,

  requirePath(path: Value): readonly Value[] {
    if (!isArray(path)) throw new FilterError("Path must be specified as an array");
    return path;
  },

  /** Called now and then for an array that grows. */
  collecting(list: readonly Value[]): void {
    if (list.length >= MAX_ELEMENTS)
      throw new FilterError(`an array of more than ${list.length} elements is too large`);
    requireRoom(list.length);
  },

  owning: (): Ownership => new Ownership(),

  recurse,
  recursePaths,

  /** Part of an array pattern. */
  elementOf(value: Value, at: number): Value {
    return index(value, at);
  },

  /** Part of an object pattern. */
  memberOf(value: Value, key: Value): Value {
    if (typeof key !== "string") return index(value, key);
    return field(value, internalKey(key));
  },

  /** The count of a `limit` in a path. */
  limitOf(count: Value): number {
    if (!isNumber(count) || asDouble(count) < 0) throw new FilterError("limit doesn't support negative count");
    return asDouble(count);
  },

  raise(value: Value): never {
    throw new FilterError(value);
  },

  /** What `break` throws. */
  newLabel: (): object => ({}),

  /**
   * Runs what follows a `try` body. It runs inside the JavaScript `try`, but its errors are not that body's: they pass
   * through wrapped.
   */
  outside(following: () => void): void {
    try {
      following();
    } catch (error) {
      throw new Passing(error);
    }
  },

  /** The value of an error that `try` catches; anything else goes on. */
  caught(error: unknown): Value {
    if (error instanceof Passing) throw error.error;
    if (error instanceof FilterError) return error.value;
    throw error;
  },

  environment(): Value {
    const variables: Record<string, Value> = {};
    for (const [name, value] of Object.entries(process.env)) setOwn(variables, internalKey(name), value ?? null);
    return variables;
  },
};

/** The path, where there must be one. */
function pathOf(path: readonly Value[] | null, value: Value): readonly Value[] {
  if (path === null) throw new FilterError(`Invalid path expression with result ${cutJson(value)}`);
  return path;
}

const FEW = 8;
/** Elements of an array that a filter collects: 256 MiB, without what they are. */
const MAX_ELEMENTS = 2 ** 25;

/** `..`: the value itself and everything in it, outermost first. */
function recurse(value: Value, found: (value: Value) => void): void {
  const left: Value[] = [value];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    found(next);
    if (!isArray(next) && !isObject(next)) continue;
    spend(COSTLY);
    const inner = elements(next);
    for (let at = inner.length - 1; at >= 0; at--) left.push(inner[at]!);
  }
}

function recursePaths(
  path: readonly Value[] | null,
  value: Value,
  found: (path: readonly Value[] | null, value: Value) => void,
): void {
  found(path, value);
  if (!isArray(value) && !isObject(value)) return;
  if (path === null) throw new FilterError(`Invalid path expression near attempt to iterate through ${cutJson(value)}`);
  // The path is copied for each of them.
  spend(COSTLY + path.length);
  for (const key of elementKeys(value)) recursePaths([...path, key], index(value, key), found);
}

/** What a look into an array or object costs here, in elements. */
const COSTLY = 4;

/** An error on its way through `try` bodies that it does not belong to. */
class Passing extends Error {
  override readonly name = "Passing";
  readonly error: unknown;

  constructor(error: unknown) {
    super("passing");
    this.error = error;
  }
}
