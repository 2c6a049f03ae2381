import { copyBytes, type Transcoder } from "@jn/wire";
import { checkingKernel, NativeRecords } from "../../kernels/native-records.ts";
import { checkRecord } from "../../json/record-check.ts";
import { type LineSourceOptions, recordLines } from "../ndjson/record-lines.ts";
import { indentJson } from "./json-indent.ts";

export interface JsonWriterOptions extends LineSourceOptions {
  /** Spaces a level. Default 0: one record a line. */
  readonly indent?: number | undefined;
}

/**
 * NDJSON to one JSON array, streamed: memory holds one record at a time.
 *
 * @throws JnError `BAD_DATA` at the first line that is not one JSON value
 */
export function jsonWriter(options: JsonWriterOptions): Transcoder {
  const indent = options.indent ?? 0;
  let count = 0;
  const { kernels } = options;
  const native =
    kernels === undefined || indent > 0 ? undefined : new NativeRecords(kernels, checkingKernel(",\n", ""));
  return recordLines(options, (position) => ({
    // The first record is written after something else: the kernel has been given nothing yet then.
    usual: native && ((bytes, at, end, out) => (count === 0 ? at : native.run(bytes, at, end, position, out))),
    carrier: native?.carrier(position),
    record(bytes, lineStart, start, out) {
      const end = checkRecord(bytes, lineStart, start, position);
      out.reserve(end - start + OPENING.length);
      out.length = copyBytes(count++ === 0 ? OPENING : BETWEEN, 0, 2, out.bytes, out.length);
      if (indent > 0) indentJson(bytes, start, end, indent, out);
      else out.length = copyBytes(bytes, start, end, out.bytes, out.length);
      out.commit();
      return end;
    },
    finish(out) {
      const closing = count === 0 ? EMPTY_ARRAY : CLOSING;
      out.append(closing, 0, closing.length);
    },
  }));
}

const OPENING = Buffer.from("[\n");
const BETWEEN = Buffer.from(",\n");
const CLOSING = Buffer.from("\n]\n");
const EMPTY_ARRAY = Buffer.from("[]\n");
