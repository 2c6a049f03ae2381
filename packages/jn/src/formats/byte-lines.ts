import { type ByteSink, type LineOptions, LineSplitter, type Transcoder, viewOf } from "@jn/wire";
import { badUtf8 } from "../json/record-check.ts";
import { validUtf8Until } from "../text/utf8.ts";
import type { TextSourceOptions } from "./text-reader.ts";

/**
 * Called with each line `bytes[start..end)`, in valid UTF-8, without its line end (LF or CR LF).
 *
 * @param view the memory of `bytes`
 * @param number of the line, from 1
 */
export type OnLine = (bytes: Buffer, view: DataView, start: number, end: number, number: number, out: ByteSink) => void;

/**
 * A reader of lines that looks at their bytes: no string is made of what is only copied.
 *
 * @throws JnError `BAD_DATA` for bytes that are no UTF-8, after the lines before them
 */
export function byteLines(options: TextSourceOptions & LineOptions, onLine: OnLine): Transcoder {
  let number = 0;
  let target: ByteSink | undefined;
  const splitter = new LineSplitter((bytes, start, end) => {
    const out = target!;
    const view = viewOf(bytes);
    const hasMark = number === 0 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
    const from = hasMark ? start + 3 : start;
    const badAt = validUtf8Until(bytes, from, end);
    const goodEnd = badAt === end ? end : Math.max(from, bytes.lastIndexOf(NEWLINE, badAt) + 1);
    for (let at = from; at < goodEnd;) {
      const next = bytes.indexOf(NEWLINE, at);
      onLine(bytes, view, at, next > at && bytes[next - 1] === RETURN ? next - 1 : next, ++number, out);
      at = next + 1;
    }
    if (badAt < end) throw badUtf8(bytes, goodEnd, badAt, { source: options.source, line: number + 1 });
  }, options);
  return {
    push(chunk, out) {
      target = out;
      splitter.push(chunk);
    },
    end(out) {
      target = out;
      splitter.end();
    },
  };
}

const NEWLINE = 10;
const RETURN = 13;
