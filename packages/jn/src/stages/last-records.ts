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
    /** Where each held record begins: from `first` up to `last`. Reused, because new ones would make the heap grow with the input. */
    let starts = new Float64Array(INITIAL_RECORDS);
    let first = 0;
    let last = 0;
    let length = 0;

    const oldestStart = (): number => (first < last ? (starts[first] ?? 0) : length);

    /** Moves the held records to the front, and grows the buffer if they still leave less than `extra` bytes. */
    const makeRoom = (extra: number): void => {
      const oldest = oldestStart();
      const needed = length - oldest + extra;
      if (needed > options.maxBytes) {
        const hint = `ask for fewer than ${count}, or raise --max-bytes`;
        throw new WireError("RECORD_TOO_LONG", `the last records take more than ${options.maxBytes} bytes; ${hint}`);
      }
      const target = needed * 2 > held.length ? Buffer.allocUnsafeSlow(Math.max(needed, held.length * 2)) : held;
      held.copy(target, 0, oldest, length);
      held = target;
      for (let at = first; at < last; at++) starts[at - first] = (starts[at] ?? 0) - oldest;
      last -= first;
      first = 0;
      length -= oldest;
    };

    const addStart = (): void => {
      if (last === starts.length) {
        const target = (last - first) * 2 > last ? new Float64Array(last * 2) : starts;
        target.set(starts.subarray(first, last));
        starts = target;
        last -= first;
        first = 0;
      }
      starts[last++] = length;
    };

    return {
      record(bytes, lineStart, start) {
        const end = checkRecord(bytes, lineStart, start, position);
        if (count === 0) return end;
        if (last - first === count) first++;
        const extra = end - start + 1;
        if (length + extra > held.length || length - oldestStart() + extra > options.maxBytes) makeRoom(extra);
        addStart();
        bytes.copy(held, length, start, end);
        length += end - start;
        held[length++] = NEWLINE;
        return end;
      },
      finish(out) {
        const oldest = oldestStart();
        if (length > oldest) out.appendRecords(held, oldest, length);
      },
    };
  });
}

const NEWLINE = 10;
const INITIAL_BYTES = 64 * 1024;
const INITIAL_RECORDS = 1024;
