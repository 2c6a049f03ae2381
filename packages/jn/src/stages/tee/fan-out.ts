import { ByteSink, type Transcoder } from "@jn/wire";
import type { RecordOutlet } from "../../address/record-outlet.ts";
import { type LineSourceOptions } from "../../formats/ndjson/record-lines.ts";
import { ndjsonReader } from "../../formats/ndjson/ndjson-reader.ts";

/** Passes records on, by their own bytes, to outlets and to its output. */
export function fanOut(outlets: readonly RecordOutlet[], options: LineSourceOptions): Transcoder {
  const reader = ndjsonReader(options);
  let target: ByteSink | undefined;
  const between = new ByteSink((bytes, start, end) => {
    const lines = bytes.subarray(start, end);
    for (const outlet of outlets) outlet.push(lines);
    target?.appendRecords(bytes, start, end);
  });
  const through = (out: ByteSink, work: () => void): void => {
    target = out;
    try {
      work();
    } finally {
      // What came before a bad record is good.
      between.flush();
    }
  };
  return {
    push: (chunk, out) => through(out, () => reader.push(chunk, between)),
    end: (out) => through(out, () => reader.end(between)),
  };
}
