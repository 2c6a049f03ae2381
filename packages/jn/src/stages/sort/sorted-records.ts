import type { Transcoder } from "@jn/wire";
import { type LineSourceOptions, recordLines } from "../../formats/ndjson/record-lines.ts";
import { ExactNumber } from "../../filter/value/exact-number.ts";
import type { Value } from "../../filter/value/value.ts";
import { AbsentFields } from "../../keys/absent-fields.ts";
import type { Field } from "../../keys/field-list.ts";
import { KeyBytes } from "../../keys/key-bytes.ts";
import { RecordKeys } from "../../keys/record-keys.ts";
import { ExternalSort } from "../../runs/external-sort.ts";
import { HeapBound, MEMORY_ADVICE } from "../heap-bound.ts";

export interface SortedRecordsOptions extends LineSourceOptions {
  /** What to sort by, the first field first; none: the record as a whole. */
  readonly by: readonly Field[];
  /** Whether the greatest comes first, and what is marked as descending last. */
  readonly isReversed: boolean;
  /** Whether strings that are numbers count as these. */
  readonly isNumeric: boolean;
  /** How much memory the records may take, in bytes; beyond it they go to a temporary file. */
  readonly memoryBytes: number;
}

/** Records in order, by their own bytes; those that are equal, in the order they came in. */
export function sortedRecords(options: SortedRecordsOptions): Transcoder {
  const { by, isReversed, isNumeric } = options;
  return recordLines(options, (position) => {
    const paths = by.map(({ path }) => path);
    const keys = new RecordKeys(paths, position);
    const absent = new AbsentFields(paths);
    const sort = new ExternalSort(options.memoryBytes);
    const key = new KeyBytes();
    const heap = new HeapBound(MEMORY_ADVICE);
    return {
      record(bytes, lineStart, start) {
        const end = keys.read(bytes, lineStart, start);
        heap.passed(end - start);
        absent.pass(keys.values);
        key.clear();
        for (const [at, value] of keys.values.entries()) {
          const isDescending = (by[at]?.isDescending ?? false) !== isReversed;
          key.add(isNumeric ? numeric(value) : value, isDescending);
        }
        sort.add(key.bytes, key.length, bytes, start, end);
        return end;
      },
      finish(out) {
        absent.tell(position.source, options.warn);
        sort.drain((bytes, _keyStart, keyEnd, end) => out.appendRecords(bytes, keyEnd, end));
      },
    };
  });
}

function numeric(value: Value): Value {
  return typeof value === "string" && NUMBER.test(value) ? ExactNumber.parse(value.replace(/^\+/, "")) : value;
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
