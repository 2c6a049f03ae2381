import type { ByteSink, Transcoder } from "@jn/wire";
import { checkingKernel, NativeRecords } from "../../kernels/native-records.ts";
import { checkRecord } from "../../json/record-check.ts";
import { type LineSourceOptions, recordLines } from "./record-lines.ts";
import { RecordRun } from "./record-run.ts";

/**
 * NDJSON to NDJSON: every line is checked, its bytes are passed on untouched. Blank lines and blanks around a value go.
 *
 * It is also the writer of NDJSON.
 *
 * @throws JnError `BAD_DATA` at the first line that is not one JSON value
 */
export function ndjsonReader(options: LineSourceOptions): Transcoder {
  return recordLines(options, (position) => {
    const run = new RecordRun();
    const native =
      options.kernels === undefined ? undefined : new NativeRecords(options.kernels, checkingKernel("", "\n"));
    return {
      usual:
        native &&
        ((bytes, at, end, out) => {
          run.end(bytes, out);
          return native.run(bytes, at, end, position, out);
        }),
      carrier: native?.carrier(position),
      record(bytes, lineStart, start, out) {
        const end = checkRecord(bytes, lineStart, start, position);
        run.add(bytes, start, end, out);
        return end;
      },
      endOfLines(bytes: Buffer, out: ByteSink) {
        run.end(bytes, out);
      },
    };
  });
}
