import type { Transcoder } from "@jn/wire";
import { appendCount, appendString } from "../../text/json-string.ts";
import { byteLines } from "../byte-lines.ts";
import type { LineSourceOptions } from "../ndjson/record-lines.ts";
import type { TextSourceOptions } from "../text-reader.ts";
import { valueWriter } from "../value-writer.ts";

/** Each line as `{line, text}`, empty ones included. */
export function linesReader(options: TextSourceOptions): Transcoder {
  return byteLines(options, (bytes, view, start, end, number, out) => {
    out.append(LINE, 0, LINE.length);
    appendCount(number, out);
    out.append(TEXT, 0, TEXT.length);
    appendString(bytes, view, start, end, out);
    out.append(CLOSE, 0, CLOSE.length);
    out.commit();
  });
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

const LINE = Buffer.from('{"line":');
const TEXT = Buffer.from(',"text":');
const CLOSE = Buffer.from("}\n");
