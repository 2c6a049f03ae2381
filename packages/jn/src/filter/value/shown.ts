import { toJson } from "./json-text.ts";
import { typeName, type Value } from "./value.ts";

/** A value in an error message: `string ("abc")`. */
export function shown(value: Value): string {
  return `${typeName(value)} (${cutJson(value)})`;
}

/** The value as JSON, cut, as jq cuts it, to 29 bytes: whole characters, dots and what closes it. */
export function cutJson(value: Value): string {
  const text = toJson(value);
  if (text.length <= MAX_BYTES && Buffer.byteLength(text) <= MAX_BYTES) return text;
  const last = text.at(-1)!;
  const close = '"]}'.includes(last) ? `...${last}` : "...";
  let cut = "";
  let room = MAX_BYTES - close.length;
  for (const character of text.slice(0, MAX_BYTES)) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    cut += character;
  }
  return cut + close;
}

const MAX_BYTES = 29;
