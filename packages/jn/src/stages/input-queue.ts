import { LineSplitter, type LineOptions, READ_BYTES, type Transcoder } from "@jn/wire";
import { recordLines } from "../formats/ndjson/record-lines.ts";
import type { Value } from "../filter/value/value.ts";
import { JnError } from "../jn-error.ts";
import type { LinePosition } from "../json/record-check.ts";
import { FILTER_ADVICE, HeapBound } from "./heap-bound.ts";
import { parseRecord } from "./parsed-record.ts";

/**
 * Records as values, to be taken one by one: the stage at the end of a pull. At most one piece of the input is held.
 *
 * What is wrong with a record is thrown when it is its turn.
 */
export class InputQueue {
  readonly stage: Transcoder;
  /** Where the value taken last comes from. */
  line = 0;
  readonly #values: Value[] = [];
  readonly #lines: number[] = [];
  #next = 0;
  readonly #heap = new HeapBound(FILTER_ADVICE);
  #failure: { readonly error: unknown } | undefined;
  readonly #more: () => boolean;

  /**
   * @param more reads on, into `stage`; false at the end
   * @param makeStage the transcoder that gives values and their lines to its argument
   */
  constructor(more: () => boolean, makeStage: (add: (value: Value, line: number) => void) => Transcoder) {
    this.#more = more;
    this.stage = makeStage((value, line) => {
      this.#values.push(value);
      this.#lines.push(line);
    });
  }

  /** The next value, or undefined after the last one. */
  next(): Value | undefined {
    while (this.#next === this.#values.length) {
      this.#values.length = this.#lines.length = this.#next = 0;
      this.#heap.passed(READ_BYTES);
      if (this.#failure !== undefined) throw this.#failure.error;
      try {
        if (!this.#more()) return undefined;
      } catch (error) {
        this.#failure = { error };
      }
    }
    this.line = this.#lines[this.#next]!;
    return this.#values[this.#next++]!;
  }

  *[Symbol.iterator](): Generator<Value, void, undefined> {
    for (let value = this.next(); value !== undefined; value = this.next()) yield value;
  }
}

/** NDJSON as values. */
export function recordValues(
  options: LineOptions & { readonly source: string },
  add: (value: Value, line: number) => void,
): Transcoder {
  return recordLines(options, (position: LinePosition) => ({
    record(bytes, lineStart, start) {
      const lineEnd = bytes.indexOf(NEWLINE, start);
      add(parseRecord(bytes, lineStart, start, lineEnd, position), position.line);
      return lineEnd;
    },
  }));
}

/** Lines as strings. What is no UTF-8 becomes U+FFFD. */
export function lineValues(options: LineOptions, add: (value: Value, line: number) => void): Transcoder {
  let line = 0;
  const splitter = new LineSplitter((bytes, start, end) => {
    for (let at = start; at < end;) {
      const lineEnd = bytes.indexOf(NEWLINE, at);
      add(bytes.toString("utf8", at, lineEnd), ++line);
      at = lineEnd + 1;
    }
  }, options);
  return {
    push: (chunk) => splitter.push(chunk),
    end: () => splitter.end(),
  };
}

/**
 * The stage, for so much input at most.
 *
 * @throws JnError `BAD_DATA` beyond it
 */
export function upTo(maxBytes: number, stage: Transcoder): Transcoder {
  let bytes = 0;
  return {
    push(chunk, out) {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        throw new JnError(
          "BAD_DATA",
          `the input is longer than the ${maxBytes} bytes that --slurp holds; let the filter take the records one by one (--explain tells), or raise --max-slurp-bytes`,
        );
      }
      stage.push(chunk, out);
    },
    end: (out) => stage.end(out),
  };
}

/** Everything as one string. */
export function wholeText(add: (value: Value, line: number) => void): Transcoder {
  const pieces: Buffer[] = [];
  return {
    push: (chunk) => void pieces.push(Buffer.from(chunk)),
    end: () => add(Buffer.concat(pieces).toString(), 1),
  };
}

const NEWLINE = 10;
