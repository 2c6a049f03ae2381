import type { Transcoder } from "@jn/wire";
import { RawJson, valueText } from "../../json/value-text.ts";
import { typedValue } from "../../text/typed-value.ts";
import type { LineSourceOptions } from "../ndjson/record-lines.ts";
import { entriesOf, valueWriter } from "../value-writer.ts";

/** Objects as lines. Null is `key=`, arrays and objects are their JSON text. */
export function logfmtWriter(options: LineSourceOptions): Transcoder {
  return valueWriter(options, {
    record(value) {
      const pairs = entriesOf(value, "lines of logfmt").map(([key, member]) => {
        if (!/^[^\s="]+$/.test(key)) throw new Error(`'${key}' cannot be a key of logfmt`);
        return `${key}=${shown(member)}`;
      });
      return `${pairs.join(" ")}\n`;
    },
  });
}

function shown(value: unknown): string {
  if (value === null) return "";
  if (value instanceof RawJson) return value.text;
  if (typeof value === "object") return JSON.stringify(valueText(value));
  if (typeof value !== "string") return valueText(value);
  // Text that would be read as something else is quoted, too.
  const isPlain = /^[^\s="\\\p{Cc}]+$/u.test(value) && typedValue(value) === value;
  return isPlain ? value : JSON.stringify(value);
}
