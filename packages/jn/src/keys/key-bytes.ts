import { ExactNumber } from "../filter/value/exact-number.ts";
import { externalKey, internalKey } from "../filter/value/object-key.ts";
import { isArray, isNumber, isObject, type ObjectValue, sortedKeys, type Value } from "../filter/value/value.ts";

/**
 * Writes values as bytes that compare, byte by byte, as the values do in jq's order (null, false, true, numbers, strings by code
 * point, arrays, objects), and are the same only for equal values. So keys of any kind are sorted, merged and looked up as bytes.
 *
 * A value is a byte for its kind and its content. No value is the beginning of another one: strings end in two zeros (a zero in
 * one is 0 255), arrays and objects in a zero, which is no kind. (The technique is that of ordered key-value stores, as in the
 * tuple layer of FoundationDB.)
 */
export class KeyBytes {
  /** The key is `bytes[0..length)`. Adding to it may replace this buffer. */
  bytes: Buffer = Buffer.allocUnsafeSlow(256);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  /** @param isDescending whether greater values are to come first */
  add(value: Value, isDescending = false): void {
    const start = this.length;
    this.#add(value);
    if (isDescending) for (let at = start; at < this.length; at++) this.bytes[at] = 255 - this.bytes[at]!;
  }

  /** Adds bytes as they are. */
  addBytes(bytes: Buffer, start: number, end: number): void {
    this.#reserve(end - start);
    bytes.copy(this.bytes, this.length, start, end);
    this.length += end - start;
  }

  /** Adds eight bytes that compare as whole numbers from 0 do. */
  addSequence(number: number): void {
    this.#reserve(SEQUENCE_BYTES);
    this.length = this.bytes.writeUInt32BE(Math.floor(number / 2 ** 32), this.length);
    this.length = this.bytes.writeUInt32BE(number % 2 ** 32, this.length);
  }

  /** The key as a string, to look it up by. */
  text(): string {
    return this.bytes.toString("latin1", 0, this.length);
  }

  #add(value: Value): void {
    if (typeof value === "string") this.#addString(value);
    else if (isNumber(value)) this.#addNumber(value);
    else if (value === null) this.#byte(NULL);
    else if (typeof value === "boolean") this.#byte(value ? TRUE : FALSE);
    else if (isArray(value)) {
      this.#byte(ARRAY);
      for (const element of value) this.#add(element);
      this.#byte(END);
    } else if (isObject(value)) this.#addObject(value);
  }

  /** First the sorted keys, then the values in the order of the keys. */
  #addObject(value: ObjectValue): void {
    const keys = sortedKeys(value);
    this.#byte(OBJECT);
    for (const key of keys) this.#addString(externalKey(key));
    this.#byte(END);
    for (const key of keys) this.#add(value[internalKey(key)]!);
    this.#byte(END);
  }

  #addString(value: string): void {
    this.#reserve(3 * value.length + 3);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = STRING;
    const start = at;
    at += bytes.write(value, at);
    if (value.includes("\0")) {
      const escaped = bytes.toString("latin1", start, at).replaceAll("\0", "\0\u00ff");
      this.#reserve(escaped.length + 3);
      at = start + this.bytes.write(escaped, start, "latin1");
    }
    this.bytes[at++] = 0;
    this.bytes[at++] = 0;
    this.length = at;
  }

  /** A double in an order that its bits have, then what an integer beyond doubles has more than it. */
  #addNumber(value: number | ExactNumber): void {
    const double = typeof value === "number" ? value : value.double;
    this.#reserve(10);
    this.#byte(NUMBER);
    // Zero has no sign here.
    this.bytes.writeDoubleBE(double === 0 ? 0 : double, this.length);
    if (this.bytes[this.length]! >= 128) for (let at = 0; at < 8; at++) this.bytes[this.length + at]! ^= 255;
    else this.bytes[this.length]! ^= 128;
    // NaN comes before every number.
    if (Number.isNaN(double)) this.bytes.fill(0, this.length, this.length + 8);
    this.length += 8;
    const exact = typeof value === "number" ? undefined : ExactNumber.integer(value);
    const rest = exact === undefined || !Number.isFinite(double) ? 0n : exact - BigInt(double);
    this.#addRest(rest);
  }

  #addRest(rest: bigint): void {
    if (rest === 0n) {
      this.#byte(128);
      return;
    }
    const magnitude = (rest < 0n ? -rest : rest).toString(16);
    const digits = Buffer.from(magnitude.padStart(magnitude.length + (magnitude.length % 2), "0"), "hex").subarray(
      0,
      127,
    );
    this.#byte(rest < 0n ? 128 - digits.length : 128 + digits.length);
    for (const digit of digits) this.#byte(rest < 0n ? 255 - digit : digit);
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.bytes[this.length++] = byte;
  }

  #reserve(extra: number): void {
    if (this.length + extra <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.length + extra, 2 * this.bytes.length));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}

/** How many bytes `addSequence` adds. */
export const SEQUENCE_BYTES: number = 8;

const END = 0;
const NULL = 1;
const FALSE = 2;
const TRUE = 3;
const NUMBER = 4;
const STRING = 5;
const ARRAY = 6;
const OBJECT = 7;
