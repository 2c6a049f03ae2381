import type { Transcoder } from "@jn/wire";
import { parse, stringify, TomlDate, TomlError } from "smol-toml";
import { badData } from "../../jn-error.ts";
import { membersOf, withoutMaps } from "../../json/object-members.ts";
import { RawJson } from "../../json/value-text.ts";
import type { LineSourceOptions } from "../ndjson/record-lines.ts";
import { survivesDouble } from "../../text/typed-text.ts";
import { requireRoomToParse } from "../parsing-room.ts";
import { textReader, type TextSourceOptions, wholeText } from "../text-reader.ts";
import { entriesOf, valueWriter } from "../value-writer.ts";

/** TOML to one record. Dates and times become text as it stands; whole numbers keep their digits. */
export function tomlReader(options: TextSourceOptions): Transcoder {
  const { source } = options;
  const parser = wholeText(options, (text, emit) => {
    requireRoomToParse(source, text, BYTES_PER_MARK);
    try {
      emit(asRecord(parse(marked(text), { integersAsBigInt: true })));
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      const [problem = ""] = error.message.replace(/^Invalid TOML document: /, "").split("\n");
      throw badData({ source, line: error.line, column: error.column }, `not TOML: ${problem}`);
    }
  });
  return textReader(options, parser);
}

/** One object to TOML. It has no null, and holds one record: anything else is an error. */
export function tomlWriter(options: LineSourceOptions): Transcoder {
  return valueWriter(options, {
    record(value, index) {
      entriesOf(value, "a TOML file");
      if (index > 0) throw new Error("a TOML file holds one record; put them into one, as with {records: [.]}");
      requireHoldable(value, "");
      return stringify(withoutMaps(value));
    },
  });
}

/**
 * The same document, with a marked string in place of each number that a double would change: what the library gives is a double.
 */
function marked(text: string): string {
  if (!/\d(?:[._]*\d){15}|[eE][+-]?\d{3}/.test(text)) return text;
  return text.replaceAll(TOKEN, (token, before: string | undefined, number: string | undefined) => {
    if (number === undefined) return token;
    const json = number.replaceAll(/[_+]/g, "");
    return survivesDouble(json) ? token : `${before}"${MARK_TEXT}${json}"`;
  });
}

/** Dates and times as text, marked numbers by their own digits. */
function asRecord(value: unknown): unknown {
  if (typeof value === "string" && value.startsWith(MARK)) return new RawJson(value.slice(MARK.length));
  if (value instanceof TomlDate) return value.toISOString();
  if (Array.isArray(value)) return value.map(asRecord);
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([key, member]) => [key, asRecord(member)]));
}

function requireHoldable(value: unknown, path: string): void {
  if (value instanceof RawJson)
    throw new Error(
      `TOML has doubles, and cannot hold .${path} unchanged: ${value.text}; make it text, as with tojson`,
    );
  if (value === null) throw new Error(`TOML has no null, and .${path} is null; remove it, as with del(.${path})`);
  if (typeof value !== "object") return;
  for (const [key, member] of membersOf(value)) requireHoldable(member, path === "" ? key : `${path}.${key}`);
}

/** Strings and comments, which are passed over, and numbers with a point or exponent where a value stands. */
const TOKEN =
  /"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#.*|([=,[]\s*)([+-]?\d[\d_]*(?:\.[\d_]+(?:[eE][+-]?[\d_]+)?|[eE][+-]?[\d_]+))(?=[\s,\]}#]|$)/g;
const MARK = `\u0001${Math.random().toString(36).slice(2)}:`;
/** A control character cannot stand in a string of TOML as it is. */
const MARK_TEXT = JSON.stringify(MARK).slice(1, -1);

/**
 * Of the heap, by the peak memory of `/usr/bin/time -f %M jn cat` (garbage included): 340 for 400,000 lines `k = {}`, 160 for as many tables of
 * two values, 125 for an array of 3,000,000 numbers.
 */
const BYTES_PER_MARK = 400;
