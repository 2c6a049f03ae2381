import { ExactNumber } from "../value/exact-number.ts";
import { FilterError } from "../value/filter-error.ts";
import { needsExactParse, parseExact, toJson } from "../value/json-text.ts";
import { externalKey, internalKey } from "../value/object-key.ts";
import { shown } from "../value/shown.ts";
import {
  asDouble,
  compareValues,
  isArray,
  isNumber,
  isObject,
  isTruthy,
  sortedKeys,
  typeName,
  type Value,
} from "../value/value.ts";
import { getPath, deletePaths, setPath } from "../value/access.ts";
import { scanValue, skipBlanks } from "../../json/json-scanner.ts";
import type { NativeBuiltin } from "./native.ts";

/** Builtins about what a value is and contains, and its conversions. */
export const typeBuiltins: readonly (readonly [string, NativeBuiltin])[] = [
  ["not/0", (input) => !isTruthy(input)],
  ["type/0", typeName],
  ["length/0", length],
  [
    "utf8bytelength/0",
    (input) => {
      if (typeof input !== "string") throw new FilterError(`${shown(input)} only strings have UTF-8 byte length`);
      return Buffer.byteLength(input);
    },
  ],
  ["keys/0", keys],
  ["keys_unsorted/0", (input) => (isObject(input) ? Object.keys(input).map(externalKey) : keys(input))],
  ["has/1", has],
  ["contains/1", (input, other = null) => contains(input, other)],
  ["tostring/0", (input) => (typeof input === "string" ? input : toJson(input))],
  ["tonumber/0", toNumber],
  ["tojson/0", toJson],
  ["fromjson/0", fromJson],
  [
    "toboolean/0",
    (input) => {
      if (typeof input === "boolean") return input;
      if (input === "true" || input === "false") return input === "true";
      throw new FilterError(`${shown(input)} cannot be parsed as a boolean`);
    },
  ],
  ["toarray/0", (input) => (isArray(input) ? input : [input])],
  [
    "getpath/1",
    (input, path = null) => {
      try {
        return getPath(input, requirePath(path));
      } catch (error) {
        if (input === null) return null;
        throw error;
      }
    },
  ],
  ["setpath/2", (input, path = null, value = null) => setPath(input, requirePath(path), value)],
  [
    "delpaths/1",
    (input, paths = null) => {
      if (!isArray(paths)) throw new FilterError("Paths must be specified as an array");
      return deletePaths(input, paths.map(requirePath));
    },
  ],
  ["infinite/0", () => Number.POSITIVE_INFINITY],
  ["nan/0", () => Number.NaN],
  ["isinfinite/0", (input) => Math.abs(numberOf(input)) === Number.POSITIVE_INFINITY],
  ["isnan/0", (input) => Number.isNaN(numberOf(input))],
  ["isnormal/0", (input) => Number.isFinite(numberOf(input)) && Math.abs(numberOf(input)) >= 2 ** -1022],
  ["now/0", () => Date.now() / 1000],
];

function length(input: Value): Value {
  if (typeof input === "string") return codePoints(input);
  if (isArray(input)) return input.length;
  if (input === null) return 0;
  if (isObject(input)) return Object.keys(input).length;
  if (isNumber(input)) return typeof input === "number" ? Math.abs(input) : absolute(input);
  throw new FilterError(`${shown(input)} has no length`);
}

function absolute(input: ExactNumber): Value {
  return ExactNumber.parse(input.text.replace(/^-/, ""));
}

function codePoints(text: string): number {
  let count = text.length;
  for (let at = 0; at + 1 < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit <= 0xdbff && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) count--;
  }
  return count;
}

function keys(input: Value): Value {
  if (isObject(input)) return sortedKeys(input);
  if (isArray(input)) return Array.from(input.keys());
  throw new FilterError(`${shown(input)} has no keys`);
}

function has(input: Value, key: Value = null): Value {
  if (isObject(input) && typeof key === "string") return Object.hasOwn(input, internalKey(key));
  if (isArray(input) && isNumber(key)) return asDouble(key) >= 0 && asDouble(key) < input.length;
  throw new FilterError(
    `Cannot check whether ${typeName(input)} has a ${typeof key === "string" ? "string" : typeName(key)} key`,
  );
}

function contains(input: Value, other: Value): boolean {
  if (isObject(input) && isObject(other)) {
    return Object.keys(other).every((key) => Object.hasOwn(input, key) && contains(input[key]!, other[key]!));
  }
  if (isArray(input) && isArray(other)) {
    return other.every((wanted) => input.some((element) => sameKind(element, wanted) && contains(element, wanted)));
  }
  if (typeof input === "string" && typeof other === "string") return input.includes(other);
  if (sameKind(input, other)) return compareValues(input, other) === 0;
  throw new FilterError(`${shown(input)} and ${shown(other)} cannot have their containment checked`);
}

function sameKind(left: Value, right: Value): boolean {
  return typeName(left) === typeName(right);
}

function toNumber(input: Value): Value {
  if (isNumber(input)) return input;
  if (typeof input === "string" && JSON_NUMBER.test(input)) return ExactNumber.parse(input);
  if (typeof input === "string" && DECIMAL.test(input)) return Number(input);
  if (typeof input === "string") throw new FilterError(`Cannot be parsed as a number: ${shown(input)}`);
  throw new FilterError(`${shown(input)} cannot be parsed as a number`);
}

/** JSON text to its value, with everything that text can hold. */
export function fromJson(input: Value): Value {
  if (typeof input !== "string") throw new FilterError(`${shown(input)} cannot be parsed as JSON`);
  // The scanner takes one line. A newline between tokens is a blank; one inside a string is an error, as a tab there is.
  const bytes = Buffer.from(`${input.replaceAll("\n", "\t")}\n`);
  const start = skipBlanks(bytes, 0);
  const end = scanValue(bytes, start);
  if (end < 0 || bytes[skipBlanks(bytes, end)] !== 10) throw new FilterError(`${shown(input)} is not valid JSON`);
  return needsExactParse(bytes, start, end) ? parseExact(input) : (JSON.parse(input) as Value);
}

function requirePath(path: Value): readonly Value[] {
  if (!isArray(path)) throw new FilterError("Path must be specified as an array");
  return path;
}

function numberOf(input: Value): number {
  if (!isNumber(input)) throw new FilterError(`${shown(input)} number required`);
  return asDouble(input);
}

/** What jq takes for a number besides JSON's own form: `.5`, `5.`, `007`. */
const DECIMAL = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
