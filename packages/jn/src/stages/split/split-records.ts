import type { Transcoder } from "@jn/wire";
import { type LineSourceOptions, recordLines } from "../../formats/ndjson/record-lines.ts";
import type { Field } from "../../keys/field-list.ts";
import { AbsentFields } from "../../keys/absent-fields.ts";
import { RecordKeys } from "../../keys/record-keys.ts";
import { fileNamePart } from "./file-name.ts";

export interface SplitRecordsOptions extends LineSourceOptions {
  readonly by: readonly Field[];
  /** How many records a file gets, where there are no fields to split by. */
  readonly count: number;
  /** Takes a record as a line of the part with this name. */
  readonly put: (part: string, line: Buffer) => void;
}

/** Hands each record, by its own bytes, to the part that it belongs to. */
export function splitRecords({ by, count, put, ...options }: SplitRecordsOptions): Transcoder {
  let records = 0;
  return recordLines(options, (position) => {
    const paths = by.map(({ path }) => path);
    const keys = new RecordKeys(paths, position);
    const absent = new AbsentFields(paths);
    return {
      record(bytes, lineStart, start) {
        const end = keys.read(bytes, lineStart, start);
        absent.pass(keys.values);
        const part =
          by.length > 0 ? keys.values.map(fileNamePart).join("-") : String(Math.floor(records++ / count) + 1);
        const line =
          bytes[end] === NEWLINE
            ? bytes.subarray(start, end + 1)
            : Buffer.from(`${bytes.toString("utf8", start, end)}\n`);
        put(part, line);
        return end;
      },
      finish: () => absent.tell(position.source, options.warn),
    };
  });
}

const NEWLINE = 10;
