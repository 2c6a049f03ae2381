import type { ByteSink } from "@jn/wire";
import type { RecordFields } from "./record-fields.ts";
import { readValue } from "./record-value.ts";
import { toJson } from "./value/json-text.ts";

/**
 * Writes records that consist of parts of the record at hand and of new values, without making the objects.
 *
 * The bytes are those that the parsed and changed record would be written as.
 */
export class RecordWriter {
  readonly #fields: RecordFields;
  #bytes: Buffer = Buffer.alloc(0);
  #out: ByteSink | undefined;
  /** The first backslash at or after the place that was asked for last. */
  #backslash = -1;
  #searchedFrom = 0;

  readonly #onStart: () => void;

  /** @param onStart called before each record is written */
  constructor(fields: RecordFields, onStart: () => void) {
    this.#fields = fields;
    this.#onStart = onStart;
  }

  /** Sets the bytes that the record at hand stands in. */
  read(bytes: Buffer, out: ByteSink): void {
    if (bytes !== this.#bytes) this.forget();
    this.#bytes = bytes;
    this.#out = out;
  }

  /** To be called when the bytes change. */
  forget(): void {
    this.#searchedFrom = 0;
    this.#backslash = -1;
  }

  /** Begins a record. */
  start(): void {
    this.#onStart();
  }

  /** Bytes that belong to the record. */
  bytes(bytes: Uint8Array): void {
    this.#out!.append(bytes, 0, bytes.length);
  }

  text(text: string): void {
    const out = this.#out!;
    out.reserve(3 * text.length);
    const { bytes } = out;
    let at = out.length;
    if (text.length < SHORT) {
      for (let index = 0; index < text.length; index++) {
        const unit = text.charCodeAt(index);
        if (unit > 0x7f) {
          out.length += bytes.write(text, out.length);
          return;
        }
        bytes[at++] = unit;
      }
      out.length = at;
    } else out.length += bytes.write(text, at);
  }

  /** The value of a path, or null. */
  slot(slot: number): void {
    const start = this.#fields.starts[slot]!;
    if (start < 0) this.bytes(NULL);
    else this.#value(start, this.#fields.ends[slot]!);
  }

  /**
   * The record with some members changed.
   *
   * @param slots of the keys of these members
   * @param keys with quotes and colon, for members that are not there yet
   * @param values as JSON; undefined for a member that is to be left out
   */
  edited(slots: readonly number[], keys: readonly Uint8Array[], values: readonly (string | undefined)[]): void {
    const { members, memberCount } = this.#fields;
    const out = this.#out!;
    this.bytes(OPEN);
    let isFirst = true;
    for (let member = 0; member < memberCount; member++) {
      const keyStart = members[3 * member]!;
      const valueEnd = members[3 * member + 1]!;
      const change = slots.indexOf(members[3 * member + 2]!);
      if (change >= 0 && values[change] === undefined) continue;
      if (!isFirst) this.bytes(SEPARATOR);
      isFirst = false;
      // The key: to the colon, which nothing but a value follows.
      let keyEnd = keyStart + 1;
      while (this.#bytes[keyEnd] !== QUOTE) keyEnd++;
      out.append(this.#bytes, keyStart, keyEnd + 2);
      if (change >= 0) this.text(values[change]!);
      else {
        let start = keyEnd + 2;
        while (this.#bytes[start]! <= SPACE) start++;
        this.#value(start, valueEnd);
      }
    }
    for (const [index, slot] of slots.entries()) {
      if (this.#fields.starts[slot]! >= 0 || values[index] === undefined) continue;
      if (!isFirst) this.bytes(SEPARATOR);
      isFirst = false;
      this.bytes(keys[index]!);
      this.text(values[index]);
    }
    this.bytes(CLOSE);
  }

  end(): void {
    this.bytes(NEWLINE);
    this.#out!.commit();
  }

  /** The value at `bytes[start..end)` as it would be written: its own bytes where they are that. */
  #value(start: number, end: number): void {
    const first = this.#bytes[start]!;
    const isContainer = first === OPEN_BRACE || first === OPEN_BRACKET;
    if (isContainer || (first === QUOTE && this.#nextBackslash(start) < end)) {
      this.text(toJson(readValue(this.#bytes, start, end)));
    } else this.#out!.append(this.#bytes, start, end);
  }

  #nextBackslash(start: number): number {
    if (start < this.#searchedFrom || this.#backslash < start) {
      const found = this.#bytes.indexOf(BACKSLASH, start);
      this.#backslash = found < 0 ? Number.POSITIVE_INFINITY : found;
      this.#searchedFrom = start;
    }
    return this.#backslash;
  }
}

const SHORT = 24;
const SPACE = 32;
const QUOTE = 34;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const NULL: Uint8Array = Buffer.from("null");
const OPEN: Uint8Array = Buffer.from("{");
const SEPARATOR: Uint8Array = Buffer.from(",");
const CLOSE: Uint8Array = Buffer.from("}");
const NEWLINE: Uint8Array = Buffer.from("\n");
