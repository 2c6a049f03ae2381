import type { Transcoder } from "@jn/wire";
import { membersOf } from "../../json/object-members.ts";
import { plainText, RawJson } from "../../json/value-text.ts";
import type { LineSourceOptions } from "../ndjson/record-lines.ts";
import { valueWriter } from "../value-writer.ts";

export interface XmlWriterOptions extends LineSourceOptions {
  /** Default `records`. */
  readonly root?: string | undefined;
  /** Default `record`. */
  readonly record?: string | undefined;
}

/**
 * NDJSON to XML: an element for each record, a child for each field, `@name` an attribute, `#text` the text, an array an element for
 * each of its own.
 *
 * @throws JnError `BAD_DATA` for a key that cannot be a name, and for characters that XML does not have
 */
export function xmlWriter(options: XmlWriterOptions): Transcoder {
  const { root = "records", record = "record" } = options;
  return valueWriter(options, {
    record(value, index) {
      return `${index === 0 ? opening(root) : ""}${element(record, value)}\n`;
    },
    end(count) {
      return `${count === 0 ? opening(root) : ""}</${root}>\n`;
    },
  });
}

function opening(root: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${checkedName(root)}>\n`;
}

function element(name: string, value: unknown): string {
  checkedName(name);
  if (Array.isArray(value))
    return value.map((member) => element(name, Array.isArray(member) ? { item: member } : member)).join("");
  if (value === null) return `<${name}/>`;
  if (typeof value !== "object" || value instanceof RawJson) return `<${name}>${escaped(plainText(value))}</${name}>`;
  let attributes = "";
  let content = "";
  for (const [key, member] of membersOf(value)) {
    if (key === "#text") content += escaped(plainText(member));
    else if (key.startsWith("@")) {
      const text = escaped(plainText(member))
        .replaceAll('"', "&quot;")
        .replaceAll("\n", "&#10;")
        .replaceAll("\t", "&#9;");
      attributes += ` ${checkedName(key.slice(1))}="${text}"`;
    } else content += element(key, member);
  }
  return content === "" ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;
}

function checkedName(name: string): string {
  if (NAME.test(name)) return name;
  throw new Error(
    `'${name}' cannot be the name of an XML element; rename it, as with with_entries(.key |= gsub("\\\\W"; "_"))`,
  );
}

function escaped(text: string): string {
  if (FORBIDDEN.test(text))
    throw new Error("the record has a control character, or half of a surrogate pair, which XML cannot hold");
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\r", "&#13;");
}

/** XML 1.0, productions 4 and 4a, as far as letters go. */
const NAME = /^[\p{L}_][\p{L}\p{N}_.\-:]*$/u;
/** What XML 1.0, production 2, leaves out. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;
