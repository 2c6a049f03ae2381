import { isUtf8 } from "node:buffer";
import { valueText } from "../../json/value-text.ts";
import { bigEndian, decimalText, timeText } from "../value-texts.ts";
import type { AvroType, Logical } from "./avro-schema.ts";

/** Reads values of Avro's binary encoding as JSON text: every digit of a long or decimal stays. */
export class AvroValues {
  readonly #bytes: Buffer;
  #at: number;
  #depth = 0;
  /** Values that took no bytes; a few bytes could else stand for any number of them. */
  #free = 0;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  /** @throws RangeError when the bytes end too early; Error when they are wrong */
  text(type: AvroType): string {
    switch (type.kind) {
      case "null":
        this.#countFree();
        return "null";
      case "boolean":
        return this.#byte() === 0 ? "false" : "true";
      case "int":
      case "long":
        return longText(this.long(), type.logical);
      case "float":
        return valueText(this.bytes(4).readFloatLE(0));
      case "double":
        return valueText(this.bytes(8).readDoubleLE(0));
      case "string":
        return JSON.stringify(this.string());
      case "bytes":
        return bytesText(this.bytes(this.length()), type.logical);
      case "fixed":
        return bytesText(this.bytes(type.size), type.logical);
      case "enum":
        return JSON.stringify(entry(type.symbols, this.length(), "symbol"));
      default:
        return this.#nested(type);
    }
  }

  /** A varint, zigzag (specification, "Binary Encoding"). */
  long(): bigint | number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 7; count++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      // An odd value is negative; 49 bits are exact in a double.
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      scale *= 128;
    }
    let big = BigInt(value);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      big |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, (big >> 1n) ^ -(big & 1n));
    }
    throw new Error("a number has more than 64 bits");
  }

  /** @throws Error for one that is negative, or larger than any buffer */
  length(): number {
    const value = Number(this.long());
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) return value;
    throw new Error(`a length is ${value}`);
  }

  bytes(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw new RangeError("the bytes end inside a value");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  string(): string {
    const bytes = this.bytes(this.length());
    if (!isUtf8(bytes)) throw new Error("a string is no UTF-8");
    return bytes.toString();
  }

  #nested(type: Extract<AvroType, { readonly kind: "array" | "map" | "union" | "record" }>): string {
    if (++this.#depth > MAX_DEPTH) throw new Error(`values are nested deeper than ${MAX_DEPTH} levels`);
    let text = "";
    switch (type.kind) {
      case "union":
        text = this.text(entry(type.branches, this.length(), "branch of a union"));
        break;
      case "array":
        this.#eachItem(() => (text += `${text === "" ? "[" : ","}${this.text(type.items)}`));
        text = text === "" ? "[]" : `${text}]`;
        break;
      case "map":
        this.#eachItem(
          () => (text += `${text === "" ? "{" : ","}${JSON.stringify(this.string())}:${this.text(type.values)}`),
        );
        text = text === "" ? "{}" : `${text}}`;
        break;
      case "record":
        for (const field of type.fields)
          text += `${text === "" ? "{" : ","}${JSON.stringify(field.name)}:${this.text(field.type)}`;
        this.#countFree();
        text = text === "" ? "{}" : `${text}}`;
        break;
    }
    this.#depth--;
    return text;
  }

  /** Items come in blocks; a negative count says that the bytes of the block are stated, too. */
  #eachItem(item: () => void): void {
    for (;;) {
      const count = Number(this.long());
      if (count === 0) return;
      if (count < 0) this.length();
      for (let left = Math.abs(count); left > 0; left--) item();
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new RangeError("the bytes end inside a value");
    return byte;
  }

  #countFree(): void {
    if (++this.#free > MAX_FREE + this.#at) throw new Error("there are far more empty values than bytes");
  }
}

function longText(value: bigint | number, logical: Logical | undefined): string {
  const digits = logical === undefined ? undefined : TIMES.get(logical.name);
  if (digits === undefined) return logical?.name === "date" ? dateText(Number(value)) : String(value);
  const text = timeText(BigInt(value), digits);
  if (typeof text === "bigint") return String(text);
  if (logical!.name.startsWith("time-")) return `"${text.slice(11, -1)}"`;
  return `"${logical!.name.startsWith("local-") ? text.slice(0, -1) : text}"`;
}

function dateText(days: number): string {
  const date = new Date(days * 86_400_000);
  return Number.isNaN(date.getTime()) ? String(days) : `"${date.toISOString().slice(0, -14)}"`;
}

function bytesText(bytes: Buffer, logical: Logical | undefined): string {
  return logical?.name === "decimal" ? decimalText(bigEndian(bytes), logical.scale) : `"${bytes.toString("base64")}"`;
}

function entry<Item>(items: readonly Item[], index: number, what: string): Item {
  const found = items[index];
  if (found === undefined) throw new Error(`there is no ${what} ${index}`);
  return found;
}

/** Digits after the second. */
const TIMES: ReadonlyMap<string, number> = new Map([
  ["timestamp-millis", 3],
  ["timestamp-micros", 6],
  ["timestamp-nanos", 9],
  ["local-timestamp-millis", 3],
  ["local-timestamp-micros", 6],
  ["local-timestamp-nanos", 9],
  ["time-millis", 3],
  ["time-micros", 6],
]);
const MAX_DEPTH = 1000;
const MAX_FREE = 1_000_000;
