import type { Transcoder } from "@jn/wire";
import { type LineSourceOptions, recordLines } from "../formats/ndjson/record-lines.ts";
import { RecordRun } from "../formats/ndjson/record-run.ts";
import { checkRecord } from "../json/record-check.ts";

/** Passes on the first `count` records, by their own bytes, and is finished then. */
export function firstRecords(count: number, options: LineSourceOptions): Transcoder {
  return recordLines(options, (position) => {
    const run = new RecordRun();
    let left = count;
    return {
      record(bytes, lineStart, start, out) {
        const end = checkRecord(bytes, lineStart, start, position);
        run.add(bytes, start, end, out);
        left--;
        return end;
      },
      endOfLines(bytes, out) {
        run.end(bytes, out);
      },
      get finished() {
        return left <= 0;
      },
    };
  });
}
