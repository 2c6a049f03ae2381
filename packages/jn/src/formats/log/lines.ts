import type { Transcoder } from "@jn/wire";
import type { LineSourceOptions } from "../ndjson/record-lines.ts";
import { lineReader, type TextSourceOptions } from "../text-reader.ts";
import { valueWriter } from "../value-writer.ts";

/** Each line as `{line, text}`, empty ones included. */
export function linesReader(options: TextSourceOptions): Transcoder {
  return lineReader(options, (text, line, emit) => emit({ line, text }));
}

/** Text as lines: records that are text, or whose field `text` is. */
export function linesWriter(options: LineSourceOptions): Transcoder {
  return valueWriter(options, {
    record(value) {
      const text = typeof value === "object" && value !== null && "text" in value ? value.text : value;
      if (typeof text !== "string")
        throw new Error("only text, or an object with text in its field text, can be a line");
      if (/[\r\n]/.test(text)) throw new Error("the text has a line end inside, so it would become several lines");
      return `${text}\n`;
    },
  });
}
