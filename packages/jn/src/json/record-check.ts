import { badData, type JnError } from "../jn-error.ts";
import { visible } from "../text/visible.ts";
import { scanValue, skipBlanks } from "./json-scanner.ts";
import { shownByte } from "./shown-byte.ts";

/** The line a record stands on: the source's name for messages, and the line's number, counted from 1. */
export interface LinePosition {
  readonly source: string;
  line: number;
}

/**
 * The end of the JSON value that starts at `start` and fills the rest of its line.
 *
 * @param lineStart where the line begins, for the column in the message
 * @throws JnError `BAD_DATA` with source, line and column when the line holds anything else
 */
export function checkRecord(bytes: Buffer, lineStart: number, start: number, position: LinePosition): number {
  const end = scanValue(bytes, start);
  if (end < 0) throw badRecord(bytes, lineStart, ~end, position);
  if (bytes[end] === NEWLINE) return end;
  const after = skipBlanks(bytes, end);
  if (bytes[after] !== NEWLINE) throw badRecord(bytes, lineStart, after, position);
  return end;
}

/** Describes what is wrong at the byte `at` of the line that begins at `lineStart`. */
export function badRecord(bytes: Buffer, lineStart: number, at: number, position: LinePosition): JnError {
  const place = { source: position.source, line: position.line, column: at - lineStart + 1 };
  return badData(place, `not JSON: ${problem(bytes, lineStart, at)}`);
}

/** The error for a line whose byte `at` is no valid UTF-8. */
export function badUtf8(bytes: Buffer, lineStart: number, at: number, position: LinePosition): JnError {
  const place = { source: position.source, line: position.line, column: at - lineStart + 1 };
  return badData(place, `invalid UTF-8 (byte 0x${bytes[at]!.toString(16)}); ${ENCODING_HINT}`);
}

export const ENCODING_HINT =
  "name the encoding with ?encoding=latin1 (or another), or accept replacement characters with ?encoding=utf-8";

function problem(bytes: Buffer, lineStart: number, at: number): string {
  const lineEnd = bytes.indexOf(NEWLINE, at);
  if (at >= lineEnd) return "the value is not finished at the end of the line; was the input cut off?";
  const before = visible(bytes.toString("utf8", Math.max(lineStart, at - 30), at));
  const after = visible(bytes.toString("utf8", at, Math.min(lineEnd, at + 30)));
  return `unexpected ${shownByte(bytes[at]!)} at >>> in ${before}>>>${after}`;
}

const NEWLINE = 10;
