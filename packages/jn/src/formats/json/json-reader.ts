import { type ByteSink, MAX_RECORD_BYTES, type Transcoder, WireError } from "@jn/wire";
import { badData, type JnError } from "../../jn-error.ts";
import { type KernelSource, NativeRecords } from "../../kernels/native-records.ts";
import {
  BACKSLASH,
  CARRIAGE_RETURN,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  ENDS_PLAIN_RUN,
  IS_SCALAR,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
  TAB,
} from "../../json/json-bytes.ts";
import { MAX_DEPTH, scanScalar, scanString } from "../../json/json-scanner.ts";
import { ENCODING_HINT } from "../../json/record-check.ts";
import { shownByte } from "../../json/shown-byte.ts";
import { Utf8Check } from "../../text/utf8-check.ts";
import { visible } from "../../text/visible.ts";

export interface JsonReaderOptions {
  /** How messages call the source. */
  readonly source: string;
  /** Longest record accepted, in bytes. Default 256 MiB. */
  readonly maxRecordBytes?: number | undefined;
  /** Where the native kernels come from that take the elements of arrays. Default: there are none. */
  readonly kernels?: KernelSource | undefined;
}

/**
 * JSON text to NDJSON: the elements of a top-level array become records, any other top-level value is one record, and
 * several values may follow one another, with or without blanks between them.
 *
 * A state machine over bytes: every token passes with its own bytes, blanks between tokens go. Memory holds one record,
 * whatever the size of the array around it.
 *
 * @throws JnError `BAD_DATA` with line, column and byte at the first byte that cannot be there; records before it are out
 * @throws WireError `RECORD_TOO_LONG`
 */
export function jsonReader(options: JsonReaderOptions): Transcoder {
  return new JsonReader(options);
}

/** What may come next. A chunk may end inside a string or a scalar, so these have states of their own. */
type State = "value" | "firstElement" | "firstKey" | "key" | "colon" | "afterValue" | "string" | "escape" | "scalar";

class JsonReader implements Transcoder {
  readonly #source: string;
  readonly #maxRecordBytes: number;
  readonly #encoding = new Utf8Check();
  #state: State = "value";
  /** The open containers, outermost first: 1 for an object. */
  readonly #isObject = new Uint8Array(MAX_DEPTH);
  #depth = 0;
  /** The depth at which a value is a record: 1 inside a top-level array, else 0. */
  #recordDepth = 0;
  #stringIsKey = false;
  #stringHasEscape = false;
  /** Where the string or scalar being read begins in `#text`. */
  #tokenStart = 0;

  /** Finished records, then the unfinished one. */
  #text: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #length = 0;
  #unfinishedStart = 0;

  /** Bytes of input before the current chunk; where the current line begins; its number. */
  #offset = 0;
  #lineOffset = 0;
  #line = 1;

  readonly #native: NativeRecords | undefined;

  constructor(options: JsonReaderOptions) {
    this.#source = options.source;
    this.#maxRecordBytes = options.maxRecordBytes ?? MAX_RECORD_BYTES;
    const { kernels } = options;
    if (kernels !== undefined)
      this.#native = new NativeRecords(kernels, (all) => all.jsonElements(this.#maxRecordBytes));
  }

  push(chunk: Buffer, out: ByteSink): void {
    const badAt = this.#encoding.firstBad(chunk);
    this.#reserve(2 * chunk.length + 2);
    try {
      this.#read(chunk, 0, badAt, out);
      if (badAt < chunk.length) {
        // Outside strings the byte is wrong whatever comes after it.
        if (!this.#isInString()) this.#read(chunk, badAt, badAt + 1, out);
        throw this.#bad(badAt, `invalid UTF-8; ${ENCODING_HINT}`);
      }
    } finally {
      this.#release(out);
    }
    this.#offset += chunk.length;
  }

  end(out: ByteSink): void {
    // Inside an array the end may have cut a number short, so only a value of its own is finished by it.
    if (this.#state === "scalar" && this.#depth === 0) this.#endScalar(0);
    this.#release(out);
    if (!this.#encoding.complete) throw this.#bad(0, `the input ends inside a UTF-8 character; ${ENCODING_HINT}`);
    if (this.#state === "value" && this.#depth === 0) return;
    const inside = this.#isInString() ? "a string" : this.#isObject[this.#depth - 1] === 1 ? "an object" : "an array";
    throw this.#bad(0, `not JSON: the input ends inside ${inside}; was it cut off?`);
  }

  /** Reads `chunk[start..end)`. `#text` has room for it. */
  #read(chunk: Buffer, start: number, end: number, out: ByteSink): void {
    let at = Math.max(0, start);
    while (at < end) {
      switch (this.#state) {
        case "afterValue":
          if (this.#depth === 1 && this.#recordDepth === 1) at = this.#readElements(chunk, at, end, out);
          if (at < end) at = this.#structure(chunk, at);
          break;
        case "string":
          at = this.#copyString(chunk, at, end);
          break;
        case "escape":
          this.#text[this.#length++] = chunk[at++]!;
          this.#state = "string";
          break;
        case "scalar":
          at = this.#copyScalar(chunk, at, end);
          break;
        default:
          at = this.#structure(chunk, at);
      }
    }
  }

  /** Takes whole elements of the array natively, as far as it goes. Before and after them is the end of an element. */
  #readElements(chunk: Buffer, start: number, end: number, out: ByteSink): number {
    if (this.#native === undefined) return start;
    const position = { source: this.#source, line: this.#line };
    this.#release(out);
    this.#reserve(2 * (end - start) + 2);
    const at = this.#native.run(chunk, start, end, position, out);
    if (position.line > this.#line) {
      this.#line = position.line;
      this.#lineOffset = this.#offset + chunk.lastIndexOf(NEWLINE, at - 1) + 1;
    }
    return at;
  }

  #copyString(chunk: Buffer, start: number, end: number): number {
    const text = this.#text;
    let length = this.#length;
    let at = start;
    while (at < end) {
      const byte = chunk[at]!;
      if (ENDS_PLAIN_RUN[byte] === 1) break;
      text[length++] = byte;
      at++;
    }
    this.#length = length;
    if (at === end) return at;
    const byte = chunk[at]!;
    if (byte < SPACE) throw this.#bad(at, `not JSON: a raw control character (${shownByte(byte)}) inside a string`);
    text[this.#length++] = byte;
    if (byte === BACKSLASH) {
      this.#stringHasEscape = true;
      this.#state = "escape";
    } else this.#endString(at);
    return at + 1;
  }

  #endString(at: number): void {
    if (this.#stringHasEscape) {
      const result = scanString(this.#text, this.#tokenStart);
      if (result < 0) throw this.#bad(at - (this.#length - 1 - ~result), "not JSON: an escape that JSON does not have");
    }
    if (this.#stringIsKey) this.#state = "colon";
    else this.#endValue();
  }

  #copyScalar(chunk: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && IS_SCALAR[chunk[at]!] === 1) this.#text[this.#length++] = chunk[at++]!;
    if (at < end) this.#endScalar(at);
    return at;
  }

  #endScalar(at: number): void {
    this.#text[this.#length] = NEWLINE;
    const result = scanScalar(this.#text, this.#tokenStart);
    if (result !== this.#length) {
      const word = this.#text.toString("latin1", this.#tokenStart, Math.min(this.#length, this.#tokenStart + 30));
      throw this.#bad(at - (this.#length - this.#tokenStart), `not JSON: '${word}' is no number, true, false or null`);
    }
    this.#endValue();
  }

  /** One byte outside strings and scalars. Returns the index after it. */
  #structure(chunk: Buffer, at: number): number {
    const byte = chunk[at]!;
    if (byte <= SPACE) {
      if (byte === NEWLINE) {
        this.#line++;
        this.#lineOffset = this.#offset + at + 1;
      } else if (byte !== SPACE && byte !== TAB && byte !== CARRIAGE_RETURN) throw this.#unexpected(chunk, at);
      return at + 1;
    }
    const state = this.#state;
    if (state === "value" || state === "firstElement") {
      if (byte === CLOSE_BRACKET && state === "firstElement") this.#close();
      else return this.#startValue(chunk, at, byte);
    } else if (state === "key" || state === "firstKey") {
      if (byte === QUOTE) this.#startString(true);
      else if (byte === CLOSE_BRACE && state === "firstKey") this.#close();
      else throw this.#unexpected(chunk, at);
    } else if (state === "colon") {
      if (byte !== COLON) throw this.#unexpected(chunk, at);
      this.#text[this.#length++] = byte;
      this.#state = "value";
    } else this.#afterValue(chunk, at, byte);
    return at + 1;
  }

  #startValue(chunk: Buffer, at: number, byte: number): number {
    if (byte === QUOTE) this.#startString(false);
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#open(at, byte);
    else if (IS_SCALAR[byte] === 1) {
      this.#tokenStart = this.#length;
      this.#state = "scalar";
      return at;
    } else if (byte === BOM[this.#offset + at]) return at + 1;
    else throw this.#unexpected(chunk, at);
    return at + 1;
  }

  #startString(isKey: boolean): void {
    this.#tokenStart = this.#length;
    this.#text[this.#length++] = QUOTE;
    this.#stringIsKey = isKey;
    this.#stringHasEscape = false;
    this.#state = "string";
  }

  #open(at: number, byte: number): void {
    if (this.#depth === MAX_DEPTH) throw this.#bad(at, `nested deeper than ${MAX_DEPTH} levels`);
    if (this.#depth === 0 && byte === OPEN_BRACKET) this.#recordDepth = 1;
    else this.#text[this.#length++] = byte;
    this.#isObject[this.#depth++] = byte === OPEN_BRACE ? 1 : 0;
    this.#state = byte === OPEN_BRACE ? "firstKey" : "firstElement";
  }

  #afterValue(chunk: Buffer, at: number, byte: number): void {
    const inObject = this.#isObject[this.#depth - 1] === 1;
    if (byte === COMMA) {
      if (this.#depth !== this.#recordDepth) this.#text[this.#length++] = COMMA;
      this.#state = inObject ? "key" : "value";
    } else if (byte === (inObject ? CLOSE_BRACE : CLOSE_BRACKET)) this.#close();
    else throw this.#unexpected(chunk, at);
  }

  #close(): void {
    const wasObject = this.#isObject[--this.#depth] === 1;
    if (this.#depth === 0 && this.#recordDepth === 1) {
      this.#recordDepth = 0;
      this.#state = "value";
      return;
    }
    this.#text[this.#length++] = wasObject ? CLOSE_BRACE : CLOSE_BRACKET;
    this.#endValue();
  }

  #endValue(): void {
    this.#state = "afterValue";
    if (this.#depth !== this.#recordDepth) return;
    this.#checkLength();
    this.#text[this.#length++] = NEWLINE;
    this.#unfinishedStart = this.#length;
    if (this.#depth === 0) this.#state = "value";
  }

  /** Hands the finished records on and keeps the unfinished one. */
  #release(out: ByteSink): void {
    const finished = this.#unfinishedStart;
    if (finished > 0) {
      out.appendRecords(this.#text, 0, finished);
      this.#text.copyWithin(0, finished, this.#length);
      this.#length -= finished;
      this.#tokenStart -= finished;
      this.#unfinishedStart = 0;
    }
    this.#checkLength();
    if (this.#text.length > MAX_KEPT_BYTES && this.#length < INITIAL_BYTES) {
      const kept = Buffer.allocUnsafeSlow(INITIAL_BYTES);
      this.#text.copy(kept, 0, 0, this.#length);
      this.#text = kept;
    }
  }

  #reserve(extra: number): void {
    if (this.#length + extra <= this.#text.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#length + extra, 2 * this.#text.length));
    this.#text.copy(grown, 0, 0, this.#length);
    this.#text = grown;
  }

  #checkLength(): void {
    if (this.#length - this.#unfinishedStart <= this.#maxRecordBytes) return;
    throw new WireError(
      "RECORD_TOO_LONG",
      `${this.#source}:${this.#line}: a record is longer than ${this.#maxRecordBytes} bytes; raise --max-record-bytes ` +
        "if it is really one record",
    );
  }

  #isInString(): boolean {
    return this.#state === "string" || this.#state === "escape";
  }

  #unexpected(chunk: Buffer, at: number): JnError {
    // What comes after it may not be there yet; what came before it is, wherever the input is cut.
    const before = this.#text.toString("utf8", Math.max(this.#unfinishedStart, this.#length - 30), this.#length);
    const where = before === "" ? "" : ` after: ${visible(before)}`;
    return this.#bad(at, `not JSON: unexpected ${shownByte(chunk[at]!)}${where}`);
  }

  /** An error at the byte `at` of the current chunk. */
  #bad(at: number, message: string): JnError {
    const byte = this.#offset + at;
    return badData({ source: this.#source, line: this.#line, column: byte - this.#lineOffset + 1, byte }, message);
  }
}

const BOM = [0xef, 0xbb, 0xbf];

const INITIAL_BYTES = 256 * 1024;
/** A buffer that one long record made larger than this is given back. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;
