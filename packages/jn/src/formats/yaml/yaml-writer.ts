import type { Transcoder } from "@jn/wire";
import { stringify } from "yaml";
import type { LineSourceOptions } from "../ndjson/record-lines.ts";
import { valueWriter } from "../value-writer.ts";
import { customTags } from "./yaml-numbers.ts";

export interface YamlWriterOptions extends LineSourceOptions {
  /** Spaces a level. Default 2. */
  readonly indent?: number | undefined;
}

/** NDJSON to YAML: a document for each record, with `---` before each. */
export function yamlWriter(options: YamlWriterOptions): Transcoder {
  const indent = Math.max(1, options.indent ?? 2);
  return valueWriter(options, {
    // An array would be read as its elements: it is written as the one element of an array.
    record: (value) =>
      `---\n${stringify(Array.isArray(value) ? [value] : value, { indent, lineWidth: 0, aliasDuplicateObjects: false, customTags })}`,
  });
}
