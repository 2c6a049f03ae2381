import { type ByteSink, copyBytes, viewOf } from "@jn/wire";
import { scanContainer, scanScalar, scanString } from "../../json/json-scanner.ts";
import { copyPlain } from "../../text/plain-copy.ts";
import { withoutFormulas } from "./formula-escape.ts";

/** Writes JSON values as CSV cells. The sink must have room for twice the value and 4 bytes more. */
export class CellWriter {
  readonly #delimiter: number;
  readonly #escapesFormulas: boolean;
  #bytes: Buffer = Buffer.alloc(0);
  #view: DataView = viewOf(this.#bytes);

  /** @param escapesFormulas whether text that a spreadsheet would take for a formula gets an apostrophe */
  constructor(delimiter: number, escapesFormulas: boolean) {
    this.#delimiter = delimiter;
    this.#escapesFormulas = escapesFormulas;
  }

  /**
   * Writes the value at `at` and returns the index after it; -1, with anything in the sink, when it is not valid JSON or
   * has half of a surrogate pair.
   */
  write(bytes: Buffer, at: number, out: ByteSink): number {
    const first = bytes[at]!;
    if (first === QUOTE) return this.#writeString(bytes, at, out);
    if (first === LOWER_N) return scanScalar(bytes, at) < 0 ? -1 : at + 4;
    if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      const end = scanContainer(bytes, at);
      if (end < 0) return -1;
      writeQuoted(bytes, at, end, out);
      return end;
    }
    const end = scanScalar(bytes, at);
    if (end < 0) return -1;
    out.length = copyBytes(bytes, at, end, out.bytes, out.length);
    return end;
  }

  /**
   * Writes a JSON string as a cell of the header: like a value, but never to be mistaken for a byte order mark. False when it
   * has half of a surrogate pair.
   */
  writeHeaderCell(json: Buffer, out: ByteSink): boolean {
    if (json[1] === 0xef && json[2] === 0xbb && json[3] === 0xbf) return this.#writeText(json.toString(), true, out);
    return this.#writeString(Buffer.concat([json, NEWLINE]), 0, out) >= 0;
  }

  #writeString(bytes: Buffer, at: number, out: ByteSink): number {
    if (this.#escapesFormulas) {
      const end = scanString(bytes, at);
      return end >= 0 && this.#writeText(bytes.toString("utf8", at, end), false, out) ? end : -1;
    }
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
    const start = at + 1;
    const end = copyPlain(this.#view, bytes, start, bytes.length, out.view, out.bytes, out.length, this.#delimiter);
    if (bytes[end] === QUOTE && end > start) {
      out.length += end - start;
      return end + 1;
    }
    const stringEnd = scanString(bytes, at);
    if (stringEnd < 0) return -1;
    const hasEscape = bytes.subarray(start, stringEnd).includes(BACKSLASH);
    if (!hasEscape) {
      writeQuoted(bytes, start, stringEnd - 1, out);
      return stringEnd;
    }
    const written = this.#writeText(bytes.toString("utf8", at, stringEnd), false, out);
    return written ? stringEnd : -1;
  }

  /** A formula may also begin after what is a delimiter elsewhere. */
  #isSpecial(text: string): boolean {
    return this.#escapesFormulas ? /["\r\n,;\t|]/.test(text) : /["\r\n]/.test(text);
  }

  /** Writes the text of the JSON string `json`, whatever is in it. False when it has no UTF-8 form. */
  #writeText(json: string, quote: boolean, out: ByteSink): boolean {
    const whole = JSON.parse(json) as string;
    if (LONE_SURROGATE.test(whole)) return false;
    const text = this.#escapesFormulas ? withoutFormulas(whole) : whole;
    const bytes = Buffer.from(text);
    const special = quote || text === "" || bytes.includes(this.#delimiter) || this.#isSpecial(text);
    if (special) writeQuoted(bytes, 0, bytes.length, out);
    else out.length = copyBytes(bytes, 0, bytes.length, out.bytes, out.length);
    return true;
  }
}

function writeQuoted(bytes: Buffer, start: number, end: number, out: ByteSink): void {
  const to = out.bytes;
  let length = out.length;
  to[length++] = QUOTE;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) to[length++] = QUOTE;
    to[length++] = byte;
  }
  to[length++] = QUOTE;
  out.length = length;
}

const QUOTE = 34;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const LOWER_N = 110;
const OPEN_BRACE = 123;
const NEWLINE = Buffer.from("\n");

/** Half of a surrogate pair: JSON can hold it, UTF-8 cannot. */
const LONE_SURROGATE = /\p{Surrogate}/u;
