import type { Transcoder } from "@jn/wire";
import { leadingFields } from "../../formats/ndjson/leading-fields.ts";
import type { LineSourceOptions } from "../../formats/ndjson/record-lines.ts";

/**
 * Puts fields with constant values, at least one, in front of each record. A record that is no object becomes the field `value`.
 *
 * @throws JnError `BAD_DATA` for a record that has one of these fields already
 */
export function labelledRecords(labels: ReadonlyMap<string, string>, options: LineSourceOptions): Transcoder {
  const fields = [...labels].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",");
  const text = Buffer.from(fields);
  const remedy = "use --no-source, or rename it";
  return leadingFields({ names: new Set(labels.keys()), next: () => text, remedy }, options);
}
