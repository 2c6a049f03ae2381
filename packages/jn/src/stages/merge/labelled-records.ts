import type { Transcoder } from "@jn/wire";
import { type LineSourceOptions, recordLines } from "../../formats/ndjson/record-lines.ts";
import { badData } from "../../jn-error.ts";
import { eachKey } from "../../json/object-keys.ts";
import { checkRecord } from "../../json/record-check.ts";

/**
 * Puts fields with constant values in front of each record. A record that is no object becomes the field `value`.
 *
 * @throws JnError `BAD_DATA` for a record that has one of these fields already
 */
export function labelledRecords(labels: ReadonlyMap<string, string>, options: LineSourceOptions): Transcoder {
  const lead = [...labels].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",");
  const start = Buffer.from(`{${lead}`);
  return recordLines(options, (position) => ({
    record(bytes, lineStart, valueStart, out) {
      const end = checkRecord(bytes, lineStart, valueStart, position);
      const isObject = bytes[valueStart] === OPEN_BRACE;
      let keys = 0;
      if (isObject) {
        eachKey(bytes, valueStart, (key) => {
          keys++;
          if (labels.has(key))
            throw badData({ ...position }, `the record has a field ${key} already; use --no-source, or rename it`);
        });
      }
      out.append(start, 0, start.length);
      const between = isObject ? (keys === 0 ? NOTHING : COMMA) : VALUE;
      out.append(between, 0, between.length);
      out.append(bytes, isObject ? valueStart + 1 : valueStart, end);
      const close = isObject ? NEWLINE : CLOSE;
      out.append(close, 0, close.length);
      out.commit();
      return end;
    },
  }));
}

/** The fields that say where a record is from; none where nothing is to be said. */
export function labelsOf(about: {
  readonly source: string | undefined;
  readonly label: string | undefined;
}): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  if (about.source !== undefined) labels.set("_source", about.source);
  if (about.label !== undefined) labels.set("_label", about.label);
  return labels;
}

const OPEN_BRACE = 123;
const NOTHING = Buffer.alloc(0);
const COMMA = Buffer.from(",");
const VALUE = Buffer.from(',"value":');
const NEWLINE = Buffer.from("\n");
const CLOSE = Buffer.from("}\n");
