import {
  type ByteSink,
  type CarriedOn,
  LineSplitter,
  type LineOptions,
  MAX_RECORD_BYTES,
  type Transcoder,
} from "@jn/wire";
import type { BadRecords } from "../../bad-records/bad-records.ts";
import { badData } from "../../jn-error.ts";
import type { KernelSource, RecordCarrier } from "../../kernels/native-records.ts";
import { skipBlanks } from "../../json/json-scanner.ts";
import { badUtf8, type LinePosition } from "../../json/record-check.ts";
import { validUtf8Until } from "../../text/utf8.ts";

/** Works on NDJSON line by line. */
export interface RecordHandler {
  /**
   * Called once per line that is not blank, in valid UTF-8.
   *
   * @param lineStart where the line begins
   * @param start where its value begins, after any blanks
   * @returns where the value ends: a newline, or blanks and a newline, follow
   */
  record(bytes: Buffer, lineStart: number, start: number, out: ByteSink): number;
  /**
   * Takes, many at once, the records from the line at `at` on that are in the usual form, and counts their lines in the position.
   * Returns where the line begins that `record` is to take, or `end`.
   */
  readonly usual?: ((bytes: Buffer, at: number, end: number, out: ByteSink) => number) | undefined;
  /** Does the same from a descriptor on, natively. */
  readonly carrier?: RecordCarrier | undefined;
  /** The only keys of a record that it looks at, as far as records are good; undefined: all of the record matters. */
  readonly keys?: readonly string[] | undefined;
  /** Whether nothing is written before the end of the input. */
  readonly holdsAll?: boolean;
  /** Called after the last record of each run of lines, while `bytes` is still valid. */
  endOfLines?(bytes: Buffer, out: ByteSink): void;
  /** Called at the end of the input. */
  finish?(out: ByteSink): void;
  readonly finished?: boolean;
}

/** Where the lines come from, and how long they may be. */
export interface LineSourceOptions extends LineOptions {
  /** How messages call the source. */
  readonly source: string;
  /** Takes lines that are no records, and records that the handler cannot take; undefined: they are errors. */
  readonly bad?: BadRecords | undefined;
  /** Where the native kernels come from that take records in the usual form. Default: there are none. */
  readonly kernels?: KernelSource | undefined;
  /** Prints a warning. Default: nobody hears it. */
  readonly warn?: ((message: string) => void) | undefined;
}

/**
 * The transcoder around a record handler: splits lines, checks their encoding, counts them, passes over blank ones.
 *
 * Records before a bad line are handled before its error is thrown.
 *
 * @param makeHandler is given the position that messages should name; its `line` is that of the current record
 */
export function recordLines(
  options: LineSourceOptions,
  makeHandler: (position: LinePosition) => RecordHandler,
): Transcoder {
  const position: LinePosition = { source: options.source, line: 0 };
  const handler = makeHandler(position);
  const { bad } = options;
  let target: ByteSink | undefined;
  /** The byte of the input that the next line begins at. */
  let offset = 0;
  const onLines = (bytes: Buffer, start: number, end: number): void => {
    const base = offset - start;
    offset += end - start;
    let at = startsWithBom(bytes, start, position) ? start + 3 : start;
    const out = target;
    if (out === undefined) return;
    while (!isFinished(handler)) {
      const badAt = validUtf8Until(bytes, at, end);
      const goodEnd = badAt === end ? end : Math.max(bytes.lastIndexOf(NEWLINE, badAt) + 1, at);
      handleLines(bytes, at, goodEnd, handler, position, out, bad, base);
      if (badAt === end || isFinished(handler)) return;
      position.line++;
      const error = badUtf8(bytes, goodEnd, badAt, position);
      if (bad === undefined) throw error;
      const lineEnd = bytes.indexOf(NEWLINE, badAt);
      bad.take(error, { bytes, start: goodEnd, end: lineEnd, byte: base + goodEnd });
      at = lineEnd + 1;
    }
  };
  const onTooLong = (head: Buffer, length: number): void => {
    position.line++;
    const error = badData({ ...position }, `the record has ${length} bytes; raise --max-record-bytes if it is one`);
    if (!isFinished(handler)) bad?.take(error, { bytes: head, start: 0, end: head.length, byte: offset, length });
    offset += length + 1;
  };
  const splitter = new LineSplitter(onLines, bad === undefined ? options : { ...options, onTooLong });
  const carrier = (options.maxRecordBytes ?? MAX_RECORD_BYTES) < MAX_CARRIED_BYTES ? undefined : handler.carrier;
  const keys = bad === undefined ? handler.keys : undefined;
  const pass = (bytes: number): void => {
    offset += bytes;
    splitter.pass(bytes);
  };
  const followed = ({ bytes, lines, written, rest }: CarriedOn): void => {
    pass(bytes);
    carrier!.followed(lines, written);
    splitter.push(rest);
  };
  return {
    holdsAll: handler.holdsAll === true,
    push(chunk, out) {
      target = out;
      splitter.push(chunk);
    },
    carry:
      carrier &&
      ((fd, out, tail) => {
        const begun = splitter.takeBegun();
        if (begun === undefined) return false;
        const carried = carrier.carry(fd, begun, out, tail);
        if (carried !== undefined) pass(begun.length + carried.bytesRead - carried.rest.length);
        target = out;
        splitter.push(carried?.rest ?? begun);
        return carried?.goesOn === true;
      }),
    followers:
      carrier &&
      (() => {
        const kernel = isFinished(handler) || splitter.hasBegun ? undefined : carrier.kernel();
        return kernel && [{ kernel, followed, keys }];
      }),
    end(out) {
      target = out;
      splitter.end();
      handler.finish?.(out);
    },
    get finished() {
      return isFinished(handler);
    },
  };
}

function handleLines(
  bytes: Buffer,
  start: number,
  end: number,
  handler: RecordHandler,
  position: LinePosition,
  out: ByteSink,
  bad: BadRecords | undefined,
  base: number,
): void {
  let at = start;
  try {
    while (at < end && !isFinished(handler)) {
      if (handler.usual !== undefined) {
        at = handler.usual(bytes, at, end, out);
        if (at === end) break;
      }
      position.line++;
      const first = bytes[at]! <= SPACE ? skipBlanks(bytes, at) : at;
      if (bytes[first] === NEWLINE) {
        at = first + 1;
        continue;
      }
      let valueEnd;
      try {
        valueEnd = handler.record(bytes, at, first, out);
      } catch (error) {
        if (bad === undefined) throw error;
        valueEnd = bytes.indexOf(NEWLINE, first);
        bad.take(error, { bytes, start: at, end: valueEnd, byte: base + at });
      }
      at = (bytes[valueEnd] === NEWLINE ? valueEnd : skipBlanks(bytes, valueEnd)) + 1;
    }
  } finally {
    handler.endOfLines?.(bytes, out);
  }
}

function isFinished(handler: RecordHandler): boolean {
  return handler.finished === true;
}

/** A byte order mark is no part of the first record (RFC 8259, section 8.1 lets a reader ignore it). */
function startsWithBom(bytes: Buffer, start: number, position: LinePosition): boolean {
  return position.line === 0 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
}

/** The longest line that can be carried, or follow, without its length being looked at. */
const MAX_CARRIED_BYTES = 4 * 1024 * 1024;
const NEWLINE = 10;
const SPACE = 32;
