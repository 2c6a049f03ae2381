import type { Transcoder } from "@jn/wire";
import { type LineSourceOptions, recordLines } from "../../formats/ndjson/record-lines.ts";
import { parseRecord } from "../parsed-record.ts";
import { addValue, newShape, type Shape } from "./shape.ts";

/** Looks at the first `count` records; what is printed at the end is made of their shape. */
export function inspectedRecords(
  count: number,
  print: (shape: Shape) => string,
  options: LineSourceOptions,
): Transcoder {
  const shape = newShape();
  let isPrinted = false;
  return recordLines(options, (position) => ({
    record(bytes, lineStart, start, out) {
      const lineEnd = bytes.indexOf(NEWLINE, start);
      addValue(shape, parseRecord(bytes, lineStart, start, lineEnd, position), MAX_KEYS);
      if (shape.count === count) {
        isPrinted = true;
        const text = Buffer.from(print(shape));
        out.append(text, 0, text.length);
      }
      return lineEnd;
    },
    finish(out) {
      const text = Buffer.from(print(shape));
      out.append(text, 0, text.length);
    },
    get finished() {
      return isPrinted;
    },
  }));
}

const NEWLINE = 10;
/** How many keys of an object are told apart. */
const MAX_KEYS = 500;
