import { needsExactParse, parseExact } from "../filter/value/json-text.ts";
import type { Value } from "../filter/value/value.ts";
import { badData } from "../jn-error.ts";
import { MAX_DEPTH } from "../json/json-scanner.ts";
import { checkRecord, type LinePosition } from "../json/record-check.ts";

/**
 * The value of the record that begins at `start` and fills the line up to `lineEnd`.
 *
 * @throws JnError `BAD_DATA` with the place where it is no JSON
 */
export function parseRecord(
  bytes: Buffer,
  lineStart: number,
  start: number,
  lineEnd: number,
  position: LinePosition,
): Value {
  const text = bytes.toString("utf8", start, lineEnd);
  // The engine's parser knows no limit of depth, but what is shorter than this cannot be too deep.
  if (lineEnd - start > 2 * MAX_DEPTH) checkRecord(bytes, lineStart, start, position);
  if (needsExactParse(bytes, start, lineEnd)) {
    checkRecord(bytes, lineStart, start, position);
    return parseExact(text);
  }
  try {
    return JSON.parse(text) as Value;
  } catch {
    checkRecord(bytes, lineStart, start, position);
    throw badData(position, "not JSON");
  }
}
