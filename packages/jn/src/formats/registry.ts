import { usageError } from "../jn-error.ts";
import { didYouMean } from "../text/suggestion.ts";
import { csvFormat, tsvFormat } from "./csv/csv-format.ts";
import type { Format } from "./format.ts";
import { jsonFormat } from "./json/json-format.ts";
import { ndjsonFormat } from "./ndjson/ndjson-format.ts";

/** Every format, in the order in which help lists them. */
export const FORMATS: readonly Format[] = [csvFormat, tsvFormat, ndjsonFormat, jsonFormat];

/** The format of this name; `jsonl` and other extensions are names too. */
export function formatNamed(name: string): Format | undefined {
  return BY_NAME.get(name.toLowerCase());
}

/**
 * The same, or an error that names a near miss.
 *
 * @throws JnError `USAGE`
 */
export function requireFormat(name: string, address: string): Format {
  const format = formatNamed(name);
  if (format !== undefined) return format;
  const names = FORMATS.map((known) => known.name);
  throw usageError(
    `${address}: there is no format '${name}'${didYouMean(name, names)}; there are: ${names.join(", ")}`,
  );
}

const BY_NAME: ReadonlyMap<string, Format> = new Map(
  FORMATS.flatMap((format) => [format.name, ...format.extensions].map((name) => [name, format] as const)),
);
