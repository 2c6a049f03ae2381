import type { Transcoder } from "@jn/wire";
import { type LineSourceOptions, recordLines } from "../../formats/ndjson/record-lines.ts";
import { RecordRun } from "../../formats/ndjson/record-run.ts";
import { badData } from "../../jn-error.ts";
import { checkRecord } from "../../json/record-check.ts";

/**
 * Passes on records that are right, by their own bytes.
 *
 * @param problemWith what is wrong with a record, whose JSON text is `bytes[start..end)`; undefined: nothing
 * @throws JnError `BAD_DATA` at one that is not
 */
export function assertedRecords(
  problemWith: (bytes: Buffer, start: number, end: number) => string | undefined,
  options: LineSourceOptions,
): Transcoder {
  return recordLines(options, (position) => {
    const run = new RecordRun();
    return {
      record(bytes, lineStart, start, out) {
        const end = checkRecord(bytes, lineStart, start, position);
        const problem = problemWith(bytes, start, end);
        if (problem !== undefined) throw badData({ ...position }, problem);
        run.add(bytes, start, end, out);
        return end;
      },
      endOfLines(bytes, out) {
        run.end(bytes, out);
      },
    };
  });
}
