import type { Transcoder } from "@jn/wire";
import { SaxesParser } from "saxes";
import { badData } from "../../jn-error.ts";
import { typedValue } from "../../text/typed-value.ts";
import { tooLong } from "../record-length.ts";
import { type Emit, textReader, type TextSourceOptions } from "../text-reader.ts";

export interface XmlReaderOptions extends TextSourceOptions {
  /** Which elements are records: a path from the root (`/catalog/book`) or a name. Default: the children of the root. */
  readonly record?: string | undefined;
  /** Default true. */
  readonly infer?: boolean | undefined;
}

/** An element that is being read. */
interface Open {
  /** Attributes and child elements; undefined: there are none, as in most elements. */
  members: Map<string, unknown> | undefined;
  text: string;
}

/**
 * XML to NDJSON, one element at a time. Attributes become `@name`, child elements fields (arrays when there are several of a
 * name), text beside either `#text`; an element of text alone is that text. A document that defines entities of its own is refused.
 *
 * @throws JnError `BAD_DATA` with line and column
 */
export function xmlReader(options: XmlReaderOptions): Transcoder {
  const { source, maxRecordBytes, record, infer = true } = options;
  const parser = new SaxesParser();
  const path: string[] = [];
  /** The elements from the record that is being read down to here. */
  const open: Open[] = [];
  let size = 0;
  /** Characters since the parser last said something: what it holds. */
  let quiet = 0;
  let emit: Emit = () => undefined;
  const isRecord = (): boolean => {
    if (record === undefined) return path.length === 2;
    return record.startsWith("/") ? `/${path.join("/")}` === record : path.at(-1) === record;
  };
  const bad = (message: string): Error =>
    badData({ source, line: parser.line, column: parser.columnIndex + 1 }, message);
  parser.on("error", (error) => {
    throw bad(`not XML: ${error.message.replace(/^\d+:\d+: /, "")}`);
  });
  parser.on("doctype", (doctype) => {
    if (/<!ENTITY/.test(doctype)) throw bad("the document defines entities of its own, which is not accepted");
  });
  parser.on("opentag", ({ name, attributes }) => {
    quiet = 0;
    path.push(name);
    if (path.length > MAX_DEPTH) throw bad(`elements are nested deeper than ${MAX_DEPTH} levels`);
    if (open.length === 0 && !isRecord()) return;
    let members: Map<string, unknown> | undefined;
    for (const attribute of Object.keys(attributes)) {
      const value = attributes[attribute]!;
      members ??= new Map();
      size += attribute.length + value.length;
      members.set(`@${attribute}`, typedValue(value, infer));
    }
    open.push({ members, text: "" });
    // Elements without text take memory, too: as much as their tags.
    size += 2 * name.length + 5;
    if (size > maxRecordBytes) throw tooLong(`${source}:${parser.line}`, maxRecordBytes);
  });
  const addText = (text: string): void => {
    quiet = 0;
    const element = open.at(-1);
    if (element === undefined) return;
    element.text += text;
    size += text.length;
    if (size > maxRecordBytes) throw tooLong(`${source}:${parser.line}`, maxRecordBytes);
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    quiet = 0;
    const name = path.pop()!;
    const element = open.pop();
    if (element === undefined) return;
    const value = valueOf(element, infer);
    const parent = open.at(-1);
    if (parent === undefined) {
      size = 0;
      emit(value);
    } else add((parent.members ??= new Map<string, unknown>()), name, value);
  });
  return textReader(options, {
    push(text, to) {
      emit = to;
      quiet += text.length;
      parser.write(text);
      if (quiet > maxRecordBytes) throw tooLong(`${source}:${parser.line}`, maxRecordBytes);
    },
    end(to) {
      emit = to;
      parser.close();
    },
  });
}

function valueOf({ members, text }: Open, infer: boolean): unknown {
  const trimmed = OUTER_BLANK.test(text) ? text.replace(OUTER_BLANKS, "") : text;
  if (members === undefined) return typedValue(trimmed, infer);
  if (trimmed !== "") members.set("#text", typedValue(trimmed, infer));
  return members;
}

/** A second element of the same name makes it an array. */
function add(members: Map<string, unknown>, name: string, value: unknown): void {
  const before = members.get(name);
  if (!members.has(name)) members.set(name, value);
  else if (Array.isArray(before)) before.push(value);
  else members.set(name, [before, value]);
}

const MAX_DEPTH = 1000;

const OUTER_BLANK = /^[ \t\r\n]|[ \t\r\n]$/;
/** White space of XML (XML 1.0, production 3), and of it alone, around a text. */
const OUTER_BLANKS = /^[ \t\r\n]+|[ \t\r\n]+$/g;
