import { closeSync, openSync } from "node:fs";
import { ioError, writeDescriptor } from "@jn/wire";
import { JnError } from "../jn-error.ts";
import { validUtf8Until } from "../text/utf8.ts";
import { type BadRecords, MAX_RAW_BYTES, type RawRecord } from "./bad-records.ts";

/** Bad records of one run: counted, and written to a file if there is one. */
export interface BadRecordLog extends BadRecords {
  /** Closes the file; says how many there were, if there were some. */
  close(warn: (message: string) => void): void;
}

/**
 * What `--on-error` asks for; undefined for `stop`.
 *
 * `skip` counts; anything else is a file, emptied first, that gets a line of JSON for each bad record: `source`, `line` (from
 * 1), `byte` (from 0, of the record's beginning; null where records were converted before they were found to be bad), `reason`
 * and `raw`, its text. What is no UTF-8 also has its bytes as `base64`; of a record beyond 64 KiB there is the beginning, and
 * `bytes`, its length.
 *
 * @throws WireError `IO`
 */
export function badRecordLog(target: string): BadRecordLog | undefined {
  if (target === "stop") return undefined;
  const fd = target === "skip" ? undefined : opened(target);
  let count = 0;
  let first = "";
  return {
    take(error, raw) {
      if (!(error instanceof JnError) || error.record === undefined) throw error;
      if (count++ === 0) first = error.message;
      if (fd === undefined) return;
      const { place, reason } = error.record;
      const line = Buffer.from(lineOf(place.source, place.line, reason, raw));
      writeDescriptor(fd, target, line, 0, line.length);
    },
    close(warn) {
      if (fd !== undefined) closeSync(fd);
      if (count === 0) return;
      const records = count === 1 ? "1 bad record was" : `${count} bad records were`;
      const where = fd === undefined ? "" : ` and written to ${target}`;
      warn(`${records} passed over${where}; the first: ${first}`);
    },
  };
}

function opened(path: string): number {
  try {
    return openSync(path, "w");
  } catch (error) {
    throw ioError("create", path, error);
  }
}

function lineOf(source: string, line: number, reason: string, raw: RawRecord): string {
  const { bytes, start, byte } = raw;
  const length = raw.length ?? raw.end - start;
  const end = Math.min(raw.end, start + MAX_RAW_BYTES);
  const isText = validUtf8Until(bytes, start, end) === end;
  return `${JSON.stringify({
    source,
    line,
    byte: byte ?? null,
    reason,
    raw: bytes.toString("utf8", start, end),
    ...(!isText && { base64: bytes.toString("base64", start, end) }),
    ...(length > end - start && { bytes: length }),
  })}\n`;
}
