import { ExactNumber } from "../value/exact-number.ts";
import { FilterError } from "../value/filter-error.ts";
import { needsExactParse, parseExact, setOwn, toText } from "../value/json-text.ts";
import { externalKey, internalKey } from "../value/object-key.ts";
import { isSlowToFind, occurrences } from "../value/occurrences.ts";
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
import { spend, takeCopy, takeText } from "../value/budget.ts";
import { deletePaths } from "../value/deletion.ts";
import { elements, getPath, index, setPath } from "../value/access.ts";
import { formatText } from "./formats.ts";
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
  ["tostring/0", (input) => (typeof input === "string" ? input : toText(input))],
  ["tonumber/0", toNumber],
  ["tojson/0", toText],
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
        if (input === null && requirePath(path).length <= MAX_PATH) return null;
        throw error;
      }
    },
  ],
  ["setpath/2", (input, path = null, value = null) => setPath(input, requirePath(path), value)],
  [
    "delpaths/1",
    (input, paths = null) => {
      if (!isArray(paths)) throw new FilterError("Paths must be specified as an array");
      for (const path of paths) {
        if (!isArray(path)) throw new FilterError(`Path must be specified as array, not ${typeName(path)}`);
      }
      return deletePaths(input, paths.map(requirePath));
    },
  ],
  ["infinite/0", () => Number.POSITIVE_INFINITY],
  ["nan/0", () => Number.NaN],
  ["isinfinite/0", (input) => Math.abs(numberOf(input)) === Number.POSITIVE_INFINITY],
  ["isnan/0", (input) => isNumber(input) && Number.isNaN(asDouble(input))],
  ["isfinite/0", (input) => isNumber(input) && Math.abs(asDouble(input)) !== Number.POSITIVE_INFINITY],
  ["isnormal/0", (input) => Number.isFinite(numberOf(input)) && Math.abs(numberOf(input)) >= 2 ** -1022],
  ["have_decnum/0", () => true],
  ["have_literal_numbers/0", () => true],
  ["from_entries/0", fromEntries],
  [
    "format/1",
    (input, name = null) => {
      if (typeof name !== "string") throw new FilterError(`${shown(name)} is not a valid format`);
      return formatText(name, input);
    },
  ],
];

/** What jq calls the length of a value: of a number its size. */
export function length(input: Value): Value {
  if (typeof input === "string") return codePoints(input);
  if (isArray(input)) return input.length;
  if (input === null) return 0;
  if (isObject(input)) return Object.keys(input).length;
  if (isNumber(input)) return typeof input === "number" ? Math.abs(input) : absolute(input);
  throw new FilterError(`${shown(input)} has no length`);
}

/** An object from an array of keys and values. */
function fromEntries(input: Value): Value {
  const object: Record<string, Value> = {};
  for (const entry of elements(input)) {
    if (!isObject(entry)) index(entry, "key");
    const key = ENTRY_KEYS.map((name) => index(entry, name)).find(isTruthy) ?? index(entry, "k");
    if (typeof key !== "string") throw new FilterError(`Cannot use ${shown(key)} as object key`);
    const value = ENTRY_VALUES.find((name) => isObject(entry) && Object.hasOwn(entry, name)) ?? "Value";
    setOwn(object, internalKey(key), index(entry, value));
  }
  return object;
}

const ENTRY_KEYS: readonly string[] = ["key", "Key", "name", "Name", "k", "K"];
const ENTRY_VALUES: readonly string[] = ["value", "v", "Value", "V"];

function absolute(input: ExactNumber): Value {
  return ExactNumber.parse(input.text.replace(/^-/, ""));
}

function codePoints(text: string): number {
  takeText(text.length);
  let count = text.length;
  for (let at = 0; at + 1 < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit <= 0xdbff && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) count--;
  }
  return count;
}

function keys(input: Value): Value {
  if (isObject(input)) {
    takeCopy(input);
    return sortedKeys(input);
  }
  if (isArray(input)) return Array.from(input.keys());
  throw new FilterError(`${shown(input)} has no keys`);
}

function has(input: Value, key: Value = null): Value {
  if (isObject(input) && typeof key === "string") return Object.hasOwn(input, internalKey(key));
  if (isArray(input) && isNumber(key)) return asDouble(key) >= 0 && asDouble(key) < input.length;
  if (input === null) return false;
  throw new FilterError(
    `Cannot check whether ${typeName(input)} has a ${typeof key === "string" ? "string" : typeName(key)} key`,
  );
}

function contains(input: Value, other: Value): boolean {
  spend(COSTLY);
  if (isObject(input) && isObject(other)) {
    return Object.keys(other).every((key) => Object.hasOwn(input, key) && contains(input[key]!, other[key]!));
  }
  if (isArray(input) && isArray(other)) {
    return other.every((wanted) => input.some((element) => sameKind(element, wanted) && contains(element, wanted)));
  }
  if (typeof input === "string" && typeof other === "string") {
    takeText(input.length + other.length);
    return isSlowToFind(input.length, other.length) ? occurrences(input, other).length > 0 : input.includes(other);
  }
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
  if (typeof input === "string" && /^-?(?:nan|infinity)$/i.test(input)) return Number(input.replace(/i/i, "I"));
  throw new FilterError(`${shown(input)} cannot be parsed as a number`);
}

/** JSON text to its value, with everything that text can hold. */
export function fromJson(input: Value): Value {
  if (typeof input !== "string") throw new FilterError(`${shown(input)} only strings can be parsed`);
  takeText(TEXT_BYTES * input.length);
  spend(input.length / CHARACTERS_PER_ELEMENT);
  // The scanner takes one line. A newline between tokens is a blank; one inside a string is an error, as a tab there is.
  const bytes = Buffer.from(`${input.replaceAll("\n", "\t")}\n`);
  const start = skipBlanks(bytes, 0);
  const hasNan = blankNans(input, bytes);
  const end = scanValue(bytes, start);
  const last = end < 0 ? 0 : skipBlanks(bytes, end);
  if (end < 0 || last < bytes.length - 1) {
    const text = input.length > MAX_QUOTED ? `${input.slice(0, MAX_QUOTED)}...` : input;
    throw new FilterError(`${jsonProblem(bytes, start, end)} (while parsing '${text}')`);
  }
  return hasNan || needsExactParse(bytes, start, end) ? parseExact(input) : (JSON.parse(input) as Value);
}

/** Puts a zero for each `nan`, which jq takes for a number; whether there is one. */
function blankNans(text: string, bytes: Buffer): boolean {
  if (!/nan/i.test(text)) return false;
  let found = false;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"?|[^\s"[\]{},:]+/g)) {
    if (!/^-?nan$/i.test(token)) continue;
    found = true;
    bytes.fill(ZERO, Buffer.byteLength(text.slice(0, index)), Buffer.byteLength(text.slice(0, index)) + 1);
    const from = Buffer.byteLength(text.slice(0, index));
    bytes.fill(SPACE, from + 1, from + token.length);
  }
  return found;
}

/** What is wrong with JSON text that ends with a newline, in jq's words. */
function jsonProblem(bytes: Buffer, start: number, end: number): string {
  if (start >= bytes.length - 1) return "Expected JSON value";
  if (end >= 0) return "Unexpected extra JSON values";
  const { token, place } = tokenAt(bytes, ~end);
  if (token.startsWith("'")) return `Invalid string literal; expected ", but got ' ${place}`;
  const isWhole = JSON_NUMBER.test(token) || /^(?:true|false|null)$/.test(token);
  if (/^[tfn]/.test(token) && !isWhole) return `Invalid literal ${place}`;
  if (token !== "" && !isWhole) return `Invalid numeric literal ${place}`;
  if (bytes[~end] === OPEN_BRACE || bytes[~end] === OPEN_BRACKET) return `Exceeds depth limit for parsing ${place}`;
  if (~end < bytes.length - 1) return `Invalid JSON text ${place}`;
  return `Unfinished JSON term at EOF at line 1, column ${bytes.length - 1}`;
}

/** The run of characters around a place, and where jq's parser notices it: at what follows it. */
function tokenAt(bytes: Buffer, at: number): { readonly token: string; readonly place: string } {
  let from = at;
  let to = at;
  while (from > 0 && !DELIMITERS.has(bytes[from - 1]!)) from--;
  while (to < bytes.length - 1 && !DELIMITERS.has(bytes[to]!)) to++;
  const isAtEnd = to === bytes.length - 1;
  return {
    token: bytes.toString("utf8", from, to),
    place: isAtEnd && to > from ? `at EOF at line 1, column ${to}` : `at line 1, column ${to + 1}`,
  };
}

function requirePath(path: Value): readonly Value[] {
  if (!isArray(path)) throw new FilterError("Path must be specified as an array");
  return path;
}

function numberOf(input: Value): number {
  if (!isNumber(input)) throw new FilterError(`${shown(input)} number required`);
  return asDouble(input);
}

const MAX_PATH = 10_000;

/** How much of a text a message shows. */
const MAX_QUOTED = 200;
const SPACE = 32;
const ZERO = 48;
/** Blanks, quotes and what stands between tokens. */
const DELIMITERS: ReadonlySet<number> = new Set([9, 13, 32, 34, 44, 58, 91, 93, 123, 125]);
const OPEN_BRACKET = 91;
const OPEN_BRACE = 123;

/** What jq takes for a number besides JSON's own form: `.5`, `5.`, `007`. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** What text that is parsed becomes takes for each character of it, more or less. */
const TEXT_BYTES = 8;
const CHARACTERS_PER_ELEMENT = 16;
/** What a look at a pair of values costs here, in elements. */
const COSTLY = 4;
