import { type ByteSink, type LineOptions, LineSplitter, type Transcoder, viewOf } from "@jn/wire";
import { badData } from "../jn-error.ts";
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
 * A reader of lines that looks at their bytes: no string is made of what is only copied. What a line has written when it turns
 * out to be bad is taken back.
 *
 * @throws JnError `BAD_DATA` for bytes that are no UTF-8, after the lines before them
 */
export function byteLines(options: TextSourceOptions & LineOptions, onLine: OnLine): Transcoder {
  const { source, bad } = options;
  let number = 0;
  /** The byte of the input that the next lines begin at. */
  let offset = 0;
  let target: ByteSink | undefined;
  const onLines = (bytes: Buffer, start: number, end: number): void => {
    const out = target!;
    const view = viewOf(bytes);
    const base = offset - start;
    offset += end - start;
    const hasMark = number === 0 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
    let at = hasMark ? start + 3 : start;
    while (at < end) {
      const badAt = validUtf8Until(bytes, at, end);
      const goodEnd = badAt === end ? end : Math.max(at, bytes.lastIndexOf(NEWLINE, badAt) + 1);
      while (at < goodEnd) {
        const next = bytes.indexOf(NEWLINE, at);
        number++;
        const before = out.length;
        try {
          onLine(bytes, view, at, next > at && bytes[next - 1] === RETURN ? next - 1 : next, number, out);
        } catch (error) {
          // Less than before: whole records of it have left.
          out.length = Math.min(out.length, before);
          if (bad === undefined) throw error;
          bad.take(error, { bytes, start: at, end: next, byte: base + at });
        }
        at = next + 1;
      }
      if (badAt === end) return;
      const error = badUtf8(bytes, goodEnd, badAt, { source, line: ++number });
      if (bad === undefined) throw error;
      const next = bytes.indexOf(NEWLINE, badAt);
      bad.take(error, { bytes, start: goodEnd, end: next, byte: base + goodEnd });
      at = next + 1;
    }
  };
  const onTooLong = (head: Buffer, length: number): void => {
    const error = badData({ source, line: ++number }, `the line has ${length} bytes; raise --max-record-bytes`);
    bad?.take(error, { bytes: head, start: 0, end: head.length, byte: offset, length });
    offset += length + 1;
  };
  const splitter = new LineSplitter(onLines, bad === undefined ? options : { ...options, onTooLong });
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
