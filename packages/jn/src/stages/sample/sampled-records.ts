import { type Transcoder, WireError } from "@jn/wire";
import { type LineSourceOptions, recordLines } from "../../formats/ndjson/record-lines.ts";
import { RecordRun } from "../../formats/ndjson/record-run.ts";
import { checkRecord } from "../../json/record-check.ts";
import { randomNumbers } from "./random.ts";

/** Each record with this probability, as it comes. */
export function recordsAtRate(rate: number, seed: number, options: LineSourceOptions): Transcoder {
  const random = randomNumbers(seed);
  return recordLines(options, (position) => {
    const run = new RecordRun();
    return {
      record(bytes, lineStart, start, out) {
        const end = checkRecord(bytes, lineStart, start, position);
        if (random() < rate) run.add(bytes, start, end, out);
        return end;
      },
      endOfLines(bytes, out) {
        run.end(bytes, out);
      },
    };
  });
}

/**
 * So many records, each set of them as likely as any other, in their order, at the end: a reservoir (Waterman's algorithm R, in Knuth,
 * The Art of Computer Programming 2, section 3.4.2).
 *
 * @throws WireError `RECORD_TOO_LONG` when they take more than `maxBytes`
 */
export function reservoir(
  count: number,
  seed: number,
  { maxBytes, ...options }: LineSourceOptions & { readonly maxBytes: number },
): Transcoder {
  const random = randomNumbers(seed);
  const kept: { readonly line: Buffer; readonly number: number }[] = [];
  let bytesKept = 0;
  let seen = 0;
  return recordLines(options, (position) => ({
    record(bytes, lineStart, start) {
      const end = checkRecord(bytes, lineStart, start, position);
      const number = seen++;
      const at = number < count ? number : Math.floor(random() * seen);
      if (at >= count) return end;
      const line = Buffer.allocUnsafeSlow(end - start + 1);
      bytes.copy(line, 0, start, end);
      line[end - start] = NEWLINE;
      bytesKept += line.length - (kept[at]?.line.length ?? 0);
      if (bytesKept > maxBytes) {
        const hint = `ask for fewer than ${count}, or raise --max-bytes`;
        throw new WireError("RECORD_TOO_LONG", `the sample takes more than ${maxBytes} bytes; ${hint}`);
      }
      kept[at] = { line, number };
      return end;
    },
    finish(out) {
      for (const { line } of kept.toSorted((a, b) => a.number - b.number)) out.appendRecords(line, 0, line.length);
    },
  }));
}

const NEWLINE = 10;
