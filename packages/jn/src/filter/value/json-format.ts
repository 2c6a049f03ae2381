import { spend, take } from "./budget.ts";
import { toJson } from "./json-text.ts";
import { externalKey, internalKey } from "./object-key.ts";
import { isArray, isObject, sortedKeys, type Value } from "./value.ts";

export interface JsonFormat {
  /** What each level is indented by; empty: everything on one line. */
  readonly indent: string;
  readonly sortsKeys: boolean;
  /** Whether characters beyond ASCII are written as escapes. */
  readonly onlyAscii: boolean;
}

/** The value as JSON text in a form that the user chose. */
export function formatJson(value: Value, format: JsonFormat): string {
  const text = format.indent === "" && !format.sortsKeys ? toJson(value) : formatted(value, format, "\n");
  return format.onlyAscii ? asciiOnly(text) : text;
}

export function asciiOnly(text: string): string {
  return text.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** @param newline a newline and the indentation of the level around the value */
function formatted(value: Value, format: JsonFormat, newline: string): string {
  const { indent, sortsKeys } = format;
  const inner = newline + indent;
  const [separator, end] = indent === "" ? ["", ""] : [inner, newline];
  if (!isArray(value) && !isObject(value)) return toJson(value);
  spend(COSTLY);
  if (isArray(value)) {
    if (value.length === 0) return "[]";
    const elements = value.map((element) => formatted(element, format, inner));
    return taken(`[${separator}${elements.join(`,${separator}`)}${end}]`);
  }
  const keys = sortsKeys ? sortedKeys(value) : Object.keys(value).map(externalKey);
  if (keys.length === 0) return "{}";
  const colon = indent === "" ? ":" : ": ";
  const entries = keys.map(
    (key) => `${JSON.stringify(key)}${colon}${formatted(value[internalKey(key)]!, format, inner)}`,
  );
  return taken(`{${separator}${entries.join(`,${separator}`)}${end}}`);
}

function taken(text: string): string {
  take(text.length);
  return text;
}

/** What the text of an array or object costs, in elements that are looked at. */
const COSTLY = 4;
