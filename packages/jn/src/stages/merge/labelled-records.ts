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
