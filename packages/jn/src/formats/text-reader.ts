import { TextDecoder } from "node:util";
import { type ByteSink, type LineOptions, type Transcoder, WireError } from "@jn/wire";
import type { BadRecords } from "../bad-records/bad-records.ts";
import { JnError } from "../jn-error.ts";
import { ENCODING_HINT } from "../json/record-check.ts";
import { valueText } from "../json/value-text.ts";
import { steadyHeap } from "../heap/steady-heap.ts";
import { byteLines } from "./byte-lines.ts";

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
export function textReader({ source }: TextSourceOptions, parser: TextParser): Transcoder {
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
      if (text !== "") guarded(() => parser.push(text, (value) => writeLine(valueText(value), out)));
    },
    end(out) {
      const rest = decoded(undefined);
      const emit: Emit = (value) => writeLine(valueText(value), out);
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
  const emit: Emit = (value) => writeLine(valueText(value), target!);
  const lines = byteLines(options, (bytes, _view, start, stop, number) =>
    read(bytes.toString("utf8", start, stop), number, emit),
  );
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

export function tooLong(source: string, maxRecordBytes: number): WireError {
  return new WireError(
    "RECORD_TOO_LONG",
    `${source}: longer than ${maxRecordBytes} bytes; raise --max-record-bytes if it is right`,
  );
}

function writeLine(text: string, out: ByteSink): void {
  out.reserve(maxBytes(text) + 1);
  out.length += out.bytes.write(text, out.length);
  out.bytes[out.length++] = NEWLINE;
  out.commit();
}

/** How many bytes the text takes at most; of a long one exactly, because three for each character are then worth looking. */
export function maxBytes(text: string): number {
  return text.length < LONG ? 3 * text.length : Buffer.byteLength(text);
}

function explained(error: unknown, source: string): unknown {
  if (error instanceof JnError || error instanceof WireError || !(error instanceof Error)) return error;
  return new JnError("BAD_DATA", `${source}: ${error.message.trim()}`, { cause: error });
}

const NEWLINE = 10;
const LONG = 64 * 1024;
