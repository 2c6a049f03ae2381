import type { Transcoder } from "@jn/wire";
import { parse, stringify, TomlDate, TomlError } from "smol-toml";
import { badData } from "../../jn-error.ts";
import type { LineSourceOptions } from "../ndjson/record-lines.ts";
import { textReader, type TextSourceOptions, wholeText } from "../text-reader.ts";
import { entriesOf, valueWriter } from "../value-writer.ts";

/** TOML to one record. Dates and times become text as it stands; whole numbers keep their digits. */
export function tomlReader(options: TextSourceOptions): Transcoder {
  const { source } = options;
  const parser = wholeText(options, (text, emit) => {
    try {
      emit(withDatesAsText(parse(text, { integersAsBigInt: true })));
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
      requireNoNull(value, "");
      return stringify(value);
    },
  });
}

function withDatesAsText(value: unknown): unknown {
  if (value instanceof TomlDate) return value.toISOString();
  if (Array.isArray(value)) return value.map(withDatesAsText);
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([key, member]) => [key, withDatesAsText(member)]));
}

function requireNoNull(value: unknown, path: string): void {
  if (value === null) throw new Error(`TOML has no null, and .${path} is null; remove it, as with del(.${path})`);
  if (typeof value !== "object") return;
  for (const [key, member] of Object.entries(value)) requireNoNull(member, path === "" ? key : `${path}.${key}`);
}
