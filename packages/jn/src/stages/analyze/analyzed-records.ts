import type { Transcoder } from "@jn/wire";
import { type LineSourceOptions, recordLines } from "../../formats/ndjson/record-lines.ts";
import { eachKey } from "../../json/object-keys.ts";
import { checkRecord } from "../../json/record-check.ts";
import { HeapBound } from "../heap-bound.ts";
import { FieldStatistics } from "./field-statistics.ts";

export interface AnalyzedRecordsOptions extends LineSourceOptions {
  /** Most fields that are looked at. */
  readonly maxFields: number;
  readonly warn: (message: string) => void;
}

/** A record for each field of the records, nested ones by their paths, in the order in which they appeared; all in one pass. */
export function analyzedRecords({ maxFields, warn, ...options }: AnalyzedRecordsOptions): Transcoder {
  const fields = new Map<string, FieldStatistics>();
  let records = 0;
  let isComplete = true;
  const statisticsOf = (field: string): FieldStatistics | undefined => {
    let known = fields.get(field);
    if (known === undefined && fields.size < maxFields) {
      known = new FieldStatistics(field);
      fields.set(field, known);
    }
    if (known === undefined) isComplete = false;
    return known;
  };
  const addObject = (bytes: Buffer, start: number, path: string, depth: number): void =>
    eachKey(bytes, start, (key, valueStart, valueEnd) => {
      const field = path === "" ? key : `${path}.${key}`;
      statisticsOf(field)?.add(bytes, valueStart, valueEnd);
      if (bytes[valueStart] === OPEN_BRACE && depth < MAX_DEPTH) addObject(bytes, valueStart, field, depth + 1);
    });
  const heap = new HeapBound(ANALYZE_ADVICE);
  return recordLines(options, (position) => ({
    record(bytes, lineStart, start) {
      const end = checkRecord(bytes, lineStart, start, position);
      heap.passed(end - start);
      records++;
      if (bytes[start] === OPEN_BRACE) addObject(bytes, start, "", 0);
      else statisticsOf("")?.add(bytes, start, end);
      return end;
    },
    finish(out) {
      for (const statistics of fields.values()) {
        const line = Buffer.from(statistics.line(records));
        out.appendRecords(line, 0, line.length);
      }
      if (!isComplete) warn(`there are more than ${maxFields} fields; those that came later were not looked at`);
    },
  }));
}

const OPEN_BRACE = 123;
/** How deep fields of objects in objects are looked at. */
const MAX_DEPTH = 20;

const ANALYZE_ADVICE = "let it look at fewer fields";
