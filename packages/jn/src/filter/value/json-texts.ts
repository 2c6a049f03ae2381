import { scanValue, skipBlanks } from "../../json/json-scanner.ts";
import { usageError } from "../../jn-error.ts";
import { needsExactParse, parseExact } from "./json-text.ts";
import type { Value } from "./value.ts";

/**
 * All JSON values of a text, one after another.
 *
 * @param name what messages call the text
 * @throws JnError `USAGE`
 */
export function parseJsonTexts(text: string, name: string): Value[] {
  // The scanner takes one line. A newline between values is a blank; one inside a string is an error, as a tab there is.
  const bytes = Buffer.from(`${text.replaceAll("\n", "\t")}\n`);
  const values: Value[] = [];
  for (let at = skipBlanks(bytes, 0); at < bytes.length - 1;) {
    const end = scanValue(bytes, at);
    if (end < 0) {
      const line = text.slice(0, bytes.toString("utf8", 0, ~end).length).split("\n").length;
      throw usageError(`${name}:${line}: not JSON`);
    }
    const value = bytes.toString("utf8", at, end);
    values.push(needsExactParse(bytes, at, end) ? parseExact(value) : (JSON.parse(value) as Value));
    at = skipBlanks(bytes, end);
  }
  return values;
}
