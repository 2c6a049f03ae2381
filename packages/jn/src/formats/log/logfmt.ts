import type { Transcoder } from "@jn/wire";
import { badData } from "../../jn-error.ts";
import { valueText } from "../../json/value-text.ts";
import { typedValue } from "../../text/typed-value.ts";
import type { LineSourceOptions } from "../ndjson/record-lines.ts";
import { lineReader, type TextSourceOptions } from "../text-reader.ts";
import { entriesOf, valueWriter } from "../value-writer.ts";

/**
 * Lines of `key=value key="a \"value\"" flag` as records; a key alone is true. Blank lines are passed over.
 *
 * @throws JnError `BAD_DATA` with line and column
 */
export function logfmtReader(options: TextSourceOptions & { readonly infer?: boolean | undefined }): Transcoder {
  const { source, infer = true } = options;
  return lineReader(options, (line, number, emit) => {
    const record = new Map<string, unknown>();
    const pair = /\s*([^\s="]+)(=("(?:[^"\\]|\\.)*"|[^\s"]*))?(?=\s|$)/y;
    const text = line.trimEnd();
    let at = 0;
    while (at < text.length) {
      pair.lastIndex = at;
      const found = pair.exec(text);
      if (found === null) {
        throw badData(
          { source, line: number, column: Buffer.byteLength(text.slice(0, at)) + 1 },
          "not logfmt: expected key=value",
        );
      }
      at = pair.lastIndex;
      const [, key, hasValue, value = ""] = found;
      if (record.has(key!)) throw badData({ source, line: number }, `the key '${key}' is there twice`);
      record.set(
        key!,
        hasValue === undefined ? true : value.startsWith('"') ? unquoted(value) : typedValue(value, infer),
      );
    }
    if (record.size > 0) emit(record);
  });
}

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

function unquoted(quoted: string): string {
  return quoted.slice(1, -1).replaceAll(/\\(u[0-9a-fA-F]{4}|.)/g, (_whole, escape: string) => {
    if (escape.length > 1) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return ESCAPES.get(escape) ?? escape;
  });
}

function shown(value: unknown): string {
  if (value === null) return "";
  if (typeof value === "object") return JSON.stringify(valueText(value));
  if (typeof value !== "string") return valueText(value);
  // Text that would be read as something else is quoted, too.
  const isPlain = /^[^\s="\\\p{Cc}]+$/u.test(value) && typedValue(value) === value;
  return isPlain ? value : JSON.stringify(value);
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["b", "\b"],
  ["f", "\f"],
]);
