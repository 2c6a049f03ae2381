import { elements } from "../value/access.ts";
import { splitString } from "../value/arithmetic.ts";
import { FilterError } from "../value/filter-error.ts";
import { toJson } from "../value/json-text.ts";
import { shown } from "../value/shown.ts";
import { isArray, isNumber, asDouble, type Value } from "../value/value.ts";
import type { NativeBuiltin } from "./native.ts";

export const stringBuiltins: readonly (readonly [string, NativeBuiltin])[] = [
  [
    "startswith/1",
    (input, prefix = null) => strings("startswith", input, prefix, (text, other) => text.startsWith(other)),
  ],
  ["endswith/1", (input, suffix = null) => strings("endswith", input, suffix, (text, other) => text.endsWith(other))],
  [
    "ltrimstr/1",
    (input, prefix = null) =>
      typeof input === "string" && typeof prefix === "string" && input.startsWith(prefix)
        ? input.slice(prefix.length)
        : input,
  ],
  [
    "rtrimstr/1",
    (input, suffix = null) =>
      typeof input === "string" && typeof suffix === "string" && suffix !== "" && input.endsWith(suffix)
        ? input.slice(0, -suffix.length)
        : input,
  ],
  ["trim/0", (input) => text(input, "trim").replace(BLANKS_AROUND, "")],
  ["ltrim/0", (input) => text(input, "trim").replace(BLANKS_BEFORE, "")],
  ["rtrim/0", (input) => text(input, "trim").replace(BLANKS_AFTER, "")],
  ["split/1", (input, separator = null) => strings("split", input, separator, splitString)],
  ["join/1", join],
  ["ascii_downcase/0", (input) => text(input, "ascii_downcase").replaceAll(/[A-Z]+/g, (run) => run.toLowerCase())],
  ["ascii_upcase/0", (input) => text(input, "ascii_upcase").replaceAll(/[a-z]+/g, (run) => run.toUpperCase())],
  ["explode/0", (input) => Array.from(text(input, "explode"), (character) => character.codePointAt(0)!)],
  ["implode/0", implode],
  ["test/1", (input, pattern = null) => regularExpression(pattern, null).test(text(input, "test"))],
  ["test/2", (input, pattern = null, flags = null) => regularExpression(pattern, flags).test(text(input, "test"))],
];

function text(value: Value, name: string): string {
  if (typeof value !== "string") throw new FilterError(`${shown(value)} is no string, which ${name} needs`);
  return value;
}

function strings(name: string, input: Value, other: Value, operation: (a: string, b: string) => Value): Value {
  if (typeof input !== "string" || typeof other !== "string") throw new FilterError(`${name}() requires string inputs`);
  return operation(input, other);
}

function join(input: Value, separator: Value = null): Value {
  const parts = elements(input);
  if (parts.length === 0) return "";
  if (typeof separator !== "string") throw new FilterError(`${shown(separator)} cannot join: a separator is a string`);
  return parts
    .map((element) => {
      if (element === null) return "";
      if (typeof element === "string") return element;
      if (typeof element === "boolean" || isNumber(element)) return toJson(element);
      throw new FilterError(`${shown(element)} cannot be joined to a string`);
    })
    .join(separator);
}

function implode(input: Value): Value {
  if (!isArray(input)) throw new FilterError(`${shown(input)} cannot be imploded: an array of code points is needed`);
  return input
    .map((element) => {
      const point = isNumber(element) ? asDouble(element) : Number.NaN;
      if (!(point >= 0 && point <= 0x10ffff)) throw new FilterError(`${shown(element)} is no Unicode code point`);
      return String.fromCodePoint(Math.trunc(point));
    })
    .join("");
}

/** Compiled patterns by flags and text; filters use few of them, over and over. */
const compiled = new Map<string, RegExp>();

function regularExpression(pattern: Value, flags: Value): RegExp {
  if (typeof pattern !== "string") throw new FilterError(`${shown(pattern)} cannot be matched, as it is not a string`);
  if (flags !== null && typeof flags !== "string") throw new FilterError(`${shown(flags)} is not a string of flags`);
  const key = `${flags ?? ""}/${pattern}`;
  let expression = compiled.get(key);
  if (expression === undefined) {
    expression = compilePattern(pattern, flags ?? "");
    if (compiled.size > MAX_COMPILED) compiled.clear();
    compiled.set(key, expression);
  }
  return expression;
}

function compilePattern(pattern: string, flags: string): RegExp {
  const letters = new Set(["u"]);
  for (const flag of flags) {
    const letter = FLAGS.get(flag);
    if (letter === undefined) throw new FilterError(`${flags} is not a valid modifier string`);
    if (letter !== "") letters.add(letter);
  }
  try {
    return new RegExp(pattern, [...letters].join(""));
  } catch (error) {
    throw new FilterError(
      `${pattern} is not a valid regular expression: ${error instanceof Error ? error.message : ""}`,
    );
  }
}

/** jq's regular expression flags and JavaScript's letters for them; `g` and `n` make no difference to a test. */
const FLAGS: ReadonlyMap<string, string> = new Map([
  ["g", ""],
  ["n", ""],
  ["i", "i"],
  ["s", "s"],
]);
const MAX_COMPILED = 1000;
const BLANKS_BEFORE = /^[ \t\n\r\f\v]+/;
const BLANKS_AFTER = /[ \t\n\r\f\v]+$/;
const BLANKS_AROUND = /^[ \t\n\r\f\v]+|[ \t\n\r\f\v]+$/g;
