import { TextDecoder } from "node:util";
import { type ByteSink, type LineOptions, type Transcoder, WireError } from "@jn/wire";
import type { BadRecords } from "../bad-records/bad-records.ts";
import { JnError } from "../jn-error.ts";
import { ENCODING_HINT } from "../json/record-check.ts";
import { valueText } from "../json/value-text.ts";
import { steadyHeap } from "../heap/steady-heap.ts";
import { byteLines } from "./byte-lines.ts";
import { maxBytes, requireShort, tooLong } from "./record-length.ts";

/** Where text comes from, and how long what it has to hold may be. */
export interface TextSourceOptions {
  /** How messages call the source. */
  readonly source: string;
  readonly maxRecordBytes: number;
  /** Takes lines that are no records, where each line is one; undefined: they are errors. */
  readonly bad?: BadRecords | undefined;
}

/** Hands a value on as a record. */
export type Emit = (value: unknown) => void;

/** What makes records of text that arrives in pieces. */
export interface TextParser {
  push(text: string, emit: Emit): void;
  end(emit: Emit): void;
}

/**
 * A reader around a parser of text: decodes UTF-8, writes the values as NDJSON. What a library throws becomes an error that names
 * the source.
 *
 * @throws JnError `BAD_DATA`
 */
export function textReader({ source, maxRecordBytes }: TextSourceOptions, parser: TextParser): Transcoder {
  const write = (value: unknown, out: ByteSink): void => {
    const text = valueText(value);
    requireShort(text, source, maxRecordBytes);
    writeLine(text, out);
  };
  const passed = steadyHeap();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decoded = (chunk: Buffer | undefined): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (error) {
      throw new JnError("BAD_DATA", `${source}: invalid UTF-8; ${ENCODING_HINT}`, { cause: error });
    }
  };
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      throw explained(error, source);
    }
  };
  return {
    push(chunk, out) {
      passed(chunk.length);
      const text = decoded(chunk);
      if (text !== "") guarded(() => parser.push(text, (value) => write(value, out)));
    },
    end(out) {
      const rest = decoded(undefined);
      const emit: Emit = (value) => write(value, out);
      guarded(() => {
        if (rest !== "") parser.push(rest, emit);
        parser.end(emit);
      });
    },
  };
}

/**
 * A parser for a format that has to be seen as a whole.
 *
 * @throws WireError `RECORD_TOO_LONG`
 */
export function wholeText(
  { source, maxRecordBytes }: TextSourceOptions,
  parse: (text: string, emit: Emit) => void,
): TextParser {
  let pieces: string[] = [];
  let length = 0;
  return {
    push(text) {
      pieces.push(text);
      length += text.length;
      if (length > maxRecordBytes) throw tooLong(source, maxRecordBytes);
    },
    end(emit) {
      const whole = pieces.join("");
      pieces = [];
      parse(whole, emit);
    },
  };
}

/** A reader that makes a record, or none, of each line. */
export function lineReader(
  options: TextSourceOptions & LineOptions,
  read: (line: string, number: number, emit: Emit) => void,
  end: (emit: Emit) => void = () => undefined,
): Transcoder {
  const passed = steadyHeap();
  let target: ByteSink | undefined;
  let at = 0;
  const emit: Emit = (value) => {
    const text = valueText(value);
    requireShort(text, `${options.source}:${at}`, options.maxRecordBytes);
    writeLine(text, target!);
  };
  const lines = byteLines(options, (bytes, _view, start, stop, number) => {
    at = number;
    read(bytes.toString("utf8", start, stop), number, emit);
  });
  return {
    push(chunk, out) {
      passed(chunk.length);
      target = out;
      lines.push(chunk, out);
    },
    end(out) {
      target = out;
      lines.end(out);
      end(emit);
    },
  };
}

function writeLine(text: string, out: ByteSink): void {
  out.reserve(maxBytes(text) + 1);
  out.length += out.bytes.write(text, out.length);
  out.bytes[out.length++] = NEWLINE;
  out.commit();
}

function explained(error: unknown, source: string): unknown {
  if (error instanceof JnError || error instanceof WireError || !(error instanceof Error)) return error;
  return new JnError("BAD_DATA", `${source}: ${error.message.trim()}`, { cause: error });
}

const NEWLINE = 10;
