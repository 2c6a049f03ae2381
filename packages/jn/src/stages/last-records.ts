import { type Transcoder, WireError } from "@jn/wire";
import { type LineSourceOptions, recordLines } from "../formats/ndjson/record-lines.ts";
import { checkRecord } from "../json/record-check.ts";

export interface LastRecordsOptions extends LineSourceOptions {
  /** Most bytes of records held at a time. */
  readonly maxBytes: number;
}

/**
 * Holds the last `count` records and passes them on at the end.
 *
 * @throws WireError `RECORD_TOO_LONG` when they take more than `maxBytes`
 */
export function lastRecords(count: number, options: LastRecordsOptions): Transcoder {
  return recordLines(options, (position) => {
    let held: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
    /** Where each held record begins, the oldest one at `first`. */
    let starts: number[] = [];
    let first = 0;
    let length = 0;

    /** Moves the held records to the front, and grows the buffer if they still leave less than `extra` bytes. */
    const makeRoom = (extra: number): void => {
      const oldest = starts[first] ?? length;
      const needed = length - oldest + extra;
      if (needed > options.maxBytes) {
        const hint = `ask for fewer than ${count}, or raise --max-bytes`;
        throw new WireError("RECORD_TOO_LONG", `the last records take more than ${options.maxBytes} bytes; ${hint}`);
      }
      const target = needed * 2 > held.length ? Buffer.allocUnsafeSlow(Math.max(needed, held.length * 2)) : held;
      held.copy(target, 0, oldest, length);
      held = target;
      starts = starts.slice(first).map((start) => start - oldest);
      first = 0;
      length -= oldest;
    };

    return {
      record(bytes, lineStart, start) {
        const end = checkRecord(bytes, lineStart, start, position);
        if (count === 0) return end;
        if (starts.length - first === count) first++;
        const extra = end - start + 1;
        if (length + extra > held.length || length - (starts[first] ?? length) + extra > options.maxBytes)
          makeRoom(extra);
        starts.push(length);
        bytes.copy(held, length, start, end);
        length += end - start;
        held[length++] = NEWLINE;
        return end;
      },
      finish(out) {
        const oldest = starts[first] ?? length;
        if (length > oldest) out.appendRecords(held, oldest, length);
      },
    };
  });
}

const NEWLINE = 10;
const INITIAL_BYTES = 64 * 1024;
