import { toJson } from "../../filter/value/json-text.ts";
import type { Value } from "../../filter/value/value.ts";

/** A value as a part of a file name, which leads nowhere else: `/`, control characters, `%` and a first point are written `%2F`. */
export function fileNamePart(value: Value): string {
  const text = typeof value === "string" ? value : toJson(value);
  if (text === "") return "empty";
  return text.replaceAll(
    UNSAFE,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

const UNSAFE = /[/%\\\p{Cc}]|^\./gu;
