import type { Transcoder } from "@jn/wire";
import { badData } from "../../jn-error.ts";
import { eachKey } from "../../json/object-keys.ts";
import { checkRecord } from "../../json/record-check.ts";
import { steadyHeap } from "../../heap/steady-heap.ts";
import { type LineSourceOptions, recordLines } from "./record-lines.ts";

/** Fields that are put in front of those of a record. */
export interface LeadingFields {
  /** Their names, which no record may have already. */
  readonly names: ReadonlySet<string>;
  /** Their text for the next record, `"a":1,"b":2`: at least one field. */
  readonly next: () => Buffer;
  /** What to do about a record that has one of them: `leave out --meta`. */
  readonly remedy: string;
}

/**
 * Puts fields in front of each record of NDJSON, whose own bytes stay. A record that is no object becomes the field `value`.
 *
 * @throws JnError `BAD_DATA` for a record that has one of these fields already
 */
export function leadingFields({ names, next, remedy }: LeadingFields, options: LineSourceOptions): Transcoder {
  const passed = steadyHeap();
  return recordLines(options, (position) => ({
    record(bytes, lineStart, valueStart, out) {
      const end = checkRecord(bytes, lineStart, valueStart, position);
      passed(end - lineStart);
      const isObject = bytes[valueStart] === OPEN_BRACE;
      let keys = 0;
      if (isObject) {
        eachKey(bytes, valueStart, (key) => {
          keys++;
          if (names.has(key)) throw badData({ ...position }, `the record has a field ${key} already; ${remedy}`);
        });
      }
      const fields = next();
      const between = isObject ? (keys === 0 ? NOTHING : COMMA) : VALUE;
      const close = isObject ? NEWLINE : CLOSE;
      out.append(OPEN, 0, OPEN.length);
      out.append(fields, 0, fields.length);
      out.append(between, 0, between.length);
      out.append(bytes, isObject ? valueStart + 1 : valueStart, end);
      out.append(close, 0, close.length);
      out.commit();
      return end;
    },
  }));
}

const OPEN_BRACE = 123;
const OPEN = Buffer.from("{");
const NOTHING = Buffer.alloc(0);
const COMMA = Buffer.from(",");
const VALUE = Buffer.from(',"value":');
const NEWLINE = Buffer.from("\n");
const CLOSE = Buffer.from("}\n");
