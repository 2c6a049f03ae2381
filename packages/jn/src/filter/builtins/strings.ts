import { elements } from "../value/access.ts";
import { add, splitString } from "../value/arithmetic.ts";
import { take, takeText } from "../value/budget.ts";
import { FilterError } from "../value/filter-error.ts";
import { toText } from "../value/json-text.ts";
import { shown } from "../value/shown.ts";
import { isArray, isNumber, asDouble, type Value } from "../value/value.ts";
import type { NativeBuiltin } from "./native.ts";

export const stringBuiltins: readonly (readonly [string, NativeBuiltin])[] = [
  [
    "startswith/1",
    (input, prefix = null) => strings("startswith", input, prefix, (text, other) => text.startsWith(other)),
  ],
  ["endswith/1", (input, suffix = null) => strings("endswith", input, suffix, (text, other) => text.endsWith(other))],
  ["ltrimstr/1", (input, prefix = null) => strings("startswith", input, prefix, withoutPrefix)],
  ["rtrimstr/1", (input, suffix = null) => strings("endswith", input, suffix, withoutSuffix)],
  [
    "trimstr/1",
    (input, part = null) =>
      strings("startswith", input, part, (text, other) => withoutSuffix(withoutPrefix(text, other), other)),
  ],
  ["trim/0", (input) => trimmed(input, true, true)],
  ["ltrim/0", (input) => trimmed(input, true, false)],
  ["rtrim/0", (input) => trimmed(input, false, true)],
  ["split/1", (input, separator = null) => splitText(input, separator)],
  ["join/1", join],
  ["ascii_downcase/0", (input) => text(input, "explode").replaceAll(/[A-Z]+/g, (run) => run.toLowerCase())],
  ["ascii_upcase/0", (input) => text(input, "explode").replaceAll(/[a-z]+/g, (run) => run.toUpperCase())],
  ["explode/0", (input) => Array.from(text(input, "explode"), (character) => character.codePointAt(0)!)],
  ["implode/0", implode],
];

function text(value: Value, name: string): string {
  if (typeof value !== "string") throw new FilterError(`${name} input must be a string`);
  takeText(TEXT_BYTES * value.length);
  return value;
}

function strings(name: string, input: Value, other: Value, operation: (a: string, b: string) => Value): Value {
  if (typeof input !== "string" || typeof other !== "string") throw new FilterError(`${name}() requires string inputs`);
  takeText(input.length);
  return operation(input, other);
}

function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

function withoutSuffix(text: string, suffix: string): string {
  return suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
}

function splitText(input: Value, separator: Value): Value {
  if (typeof input !== "string" || typeof separator !== "string") {
    throw new FilterError("split input and separator must be strings");
  }
  return splitString(input, separator);
}

function join(input: Value, separator: Value = null): Value {
  const parts = elements(input);
  if (parts.length === 0) return "";
  const texts = parts.map((element): Value => {
    if (element === null || element === false) return element === null ? "" : "false";
    return element === true || isNumber(element) ? toText(element) : element;
  });
  if (typeof separator === "string" && texts.every((text) => typeof text === "string")) {
    take(texts.reduce((length, text) => length + text.length + separator.length, 0));
    return texts.join(separator);
  }
  // One after the other: the error is then that of the addition that fails.
  return texts.reduce<Value>((joined, text, at) => add(at === 0 ? "" : add(joined, separator), text), "");
}

function implode(input: Value): Value {
  if (!isArray(input)) throw new FilterError("implode input must be an array");
  take(TEXT_BYTES * input.length);
  return input
    .map((element) => {
      if (!isNumber(element)) {
        throw new FilterError(`${shown(element)} can't be imploded, unicode codepoint needs to be numeric`);
      }
      const point = Math.trunc(asDouble(element));
      const isCharacter = point >= 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
      return isCharacter ? String.fromCodePoint(point) : "\ufffd";
    })
    .join("");
}

function trimmed(input: Value, atStart: boolean, atEnd: boolean): string {
  const all = text(input, "trim");
  let [start, end] = [0, all.length];
  if (atStart) while (start < end && BLANK.test(all[start]!)) start++;
  if (atEnd) while (end > start && BLANK.test(all[end - 1]!)) end--;
  return all.slice(start, end);
}

/** What is made of text takes for each character of it, at most. */
const TEXT_BYTES = 16;
const BLANK = /\p{White_Space}/u;
