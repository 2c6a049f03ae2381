import { toJson } from "./json-text.ts";
import { typeName, type Value } from "./value.ts";

/** A value in an error message: `string ("abc")`, cut after 30 characters. */
export function shown(value: Value): string {
  const text = toJson(value);
  const characters = [...text.slice(0, 60)];
  const cut = characters.length > 30 ? `${characters.slice(0, 27).join("")}...` : text;
  return `${typeName(value)} (${cut})`;
}
