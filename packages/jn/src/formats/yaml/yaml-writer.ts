import type { Transcoder } from "@jn/wire";
import { COLLECTION_STYLE, type Document, DUMP_SCHEMA, type Node, present, SCALAR_STYLE } from "js-yaml";
import { membersOf } from "../../json/object-members.ts";
import { RawJson, valueText } from "../../json/value-text.ts";
import type { LineSourceOptions } from "../ndjson/record-lines.ts";
import { valueWriter } from "../value-writer.ts";

export interface YamlWriterOptions extends LineSourceOptions {
  /** Spaces a level. Default 2. */
  readonly indent?: number | undefined;
}

/** NDJSON to YAML: a document for each record, with `---` before each. */
export function yamlWriter(options: YamlWriterOptions): Transcoder {
  const layout = { schema: DUMP_SCHEMA, indent: Math.max(1, options.indent ?? 2), lineWidth: -1 };
  return valueWriter(options, {
    // An array would be read as its elements: it is written as the one element of an array.
    record: (value) => present([documentOf(Array.isArray(value) ? [value] : value)], layout),
  });
}

function documentOf(value: unknown): Document {
  return { contents: nodeOf(value), explicitStart: true, directives: [] };
}

function nodeOf(value: unknown): Node {
  if (typeof value === "string") return scalar("str", value);
  if (value === null) return scalar("null", "null");
  if (typeof value === "boolean") return scalar("bool", String(value));
  if (value instanceof RawJson) return scalar("float", value.text);
  if (typeof value === "bigint") return scalar("int", String(value));
  if (typeof value === "number") return numberNode(value);
  const collection = { tagged: false, style: COLLECTION_STYLE.BLOCK };
  if (Array.isArray(value))
    return { kind: "sequence", tag: `${CORE}seq`, ...collection, items: value.map((member) => nodeOf(member)) };
  const items = membersOf(value as object).map(([key, member]) => ({
    key: scalar("str", key),
    value: nodeOf(member),
  }));
  return { kind: "mapping", tag: `${CORE}map`, ...collection, items };
}

/** YAML 1.1, which many still read, knows an exponent only after a point. */
function numberNode(value: number): Node {
  const json = valueText(value);
  return /^-?\d+$/.test(json) ? scalar("int", json) : scalar("float", json.replace(/^(-?\d+)(?=e)/, "$1.0"));
}

function scalar(tag: "str" | "null" | "bool" | "int" | "float", value: string): Node {
  return { kind: "scalar", tag: CORE + tag, tagged: false, style: SCALAR_STYLE.PLAIN, value };
}

const CORE = "tag:yaml.org,2002:";
