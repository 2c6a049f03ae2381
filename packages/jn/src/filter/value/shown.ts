import { deepJson } from "./deep-json.ts";
import type { FilterError } from "./filter-error.ts";
import { toJson } from "./json-text.ts";
import { isArray, isObject, typeName, type Value } from "./value.ts";

/** A value in an error message: `string ("abc")`. */
export function shown(value: Value): string {
  return `${typeName(value)} (${cutJson(value)})`;
}

/** The value as JSON, cut, as jq cuts it, to 29 bytes: whole characters, dots and what closes it. */
export function cutJson(value: Value): string {
  const text = beginning(value);
  if (text.length <= MAX_BYTES && Buffer.byteLength(text) <= MAX_BYTES) return text;
  const close = `...${closing(value)}`;
  let cut = "";
  let room = MAX_BYTES - close.length;
  for (const character of text.slice(0, MAX_BYTES)) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    cut += character;
  }
  return cut + close;
}

/** The value as JSON; of what is longer than is shown, more or less as much. */
function beginning(value: Value): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, MAX_BYTES));
  return isArray(value) || isObject(value) ? deepJson(value, beginning, () => "", MAX_BYTES) : toJson(value);
}

function closing(value: Value): string {
  if (typeof value === "string") return '"';
  if (isArray(value)) return "]";
  return isObject(value) ? "}" : "";
}

/** What is said of an error that nothing catches. The text of its value can be long: it is made only then. */
export function messageOf({ value }: FilterError): string {
  return typeof value === "string" ? value : `${toJson(value)} (not a string)`;
}

const MAX_BYTES = 29;
