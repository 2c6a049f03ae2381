import type { ByteSink, Transcoder } from "@jn/wire";
import { badData, JnError } from "../jn-error.ts";
import { membersOf } from "../json/object-members.ts";
import { parseValue } from "../json/parse-value.ts";
import { checkRecord, type LinePosition } from "../json/record-check.ts";
import { steadyHeap } from "../heap/steady-heap.ts";
import { type LineSourceOptions, recordLines } from "./ndjson/record-lines.ts";
import { maxBytes } from "./record-length.ts";

/** What makes text of values. */
export interface ValueWriter {
  /** The text for one record. */
  record(value: unknown, index: number): string;
  /** The text for the end. */
  end?(count: number): string;
}

/**
 * The writer around it: NDJSON in, text out.
 *
 * @throws JnError `BAD_DATA` with the line of the record; what the value writer throws is such an error, too
 */
export function valueWriter(options: LineSourceOptions, writer: ValueWriter): Transcoder {
  const passed = steadyHeap();
  let count = 0;
  return recordLines(options, (position) => ({
    record(bytes, lineStart, start, out) {
      const end = checkRecord(bytes, lineStart, start, position);
      passed(end - lineStart);
      const value = parseValue(bytes.toString("utf8", start, end));
      write(
        said(() => writer.record(value, count), position),
        out,
      );
      count++;
      return end;
    },
    finish(out) {
      if (writer.end !== undefined)
        write(
          said(() => writer.end!(count), undefined, options.source),
          out,
        );
    },
  }));
}

/** An object's entries. @throws Error for any other value */
export function entriesOf(value: unknown, what: string): [string, unknown][] {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return membersOf(value);
  throw new Error(`only objects can be ${what}; turn it into one, as with {value: .}`);
}

function said(work: () => string, position: LinePosition | undefined, source = ""): string {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof JnError) throw error;
    if (position !== undefined) throw badData({ ...position }, error.message);
    throw new JnError("BAD_DATA", `${source}: ${error.message}`, { cause: error });
  }
}

function write(text: string, out: ByteSink): void {
  out.reserve(maxBytes(text));
  out.length += out.bytes.write(text, out.length);
  out.commit();
}
