import { membersOf } from "../../json/object-members.ts";
import type { Layout } from "./avro-shape.ts";

/** Writes values in Avro's binary encoding. */
export class AvroBytes {
  #buffer: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  length = 0;

  /** What was written so far, in memory of its own; begins anew. */
  take(): Buffer {
    const all = Buffer.from(this.#buffer.subarray(0, this.length));
    this.length = 0;
    return all;
  }

  /** A value that the layout was made for. */
  value(value: unknown, layout: Layout): void {
    switch (layout.kind) {
      case "null":
        return;
      case "boolean":
        this.#reserve(1);
        this.#buffer[this.length++] = value === true ? 1 : 0;
        return;
      case "long":
        this.long(value as number | bigint);
        return;
      case "double":
        this.#reserve(8);
        this.length = this.#buffer.writeDoubleLE(Number(value), this.length);
        return;
      case "string":
        this.text(value as string);
        return;
      case "array":
        this.#items(value as readonly unknown[], (item) => this.value(item, layout.items));
        return;
      case "map":
        this.#items(membersOf(value as object), ([key, member]) => {
          this.text(key);
          this.value(member, layout.values);
        });
        return;
      case "record":
        for (const [name, field] of layout.fields) {
          this.value(Object.hasOwn(value as object, name) ? (value as Record<string, unknown>)[name] : null, field);
        }
        return;
      case "union": {
        const kind = kindOf(value);
        const index = layout.branches.findIndex((branch) => GROUPS.get(branch.kind) === kind);
        this.long(index);
        this.value(value, layout.branches[index]!);
      }
    }
  }

  text(text: string): void {
    const length = Buffer.byteLength(text);
    this.long(length);
    this.#reserve(length);
    this.length += this.#buffer.write(text, this.length);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** A varint, zigzag. */
  long(value: number | bigint): void {
    this.#reserve(10);
    if (typeof value === "number" && Math.abs(value) < 2 ** 30) {
      let rest = ((value << 1) ^ (value >> 31)) >>> 0;
      for (; rest > 0x7f; rest >>>= 7) this.#buffer[this.length++] = (rest & 0x7f) | 0x80;
      this.#buffer[this.length++] = rest;
      return;
    }
    const big = BigInt(value);
    let rest = BigInt.asUintN(64, (big << 1n) ^ (big >> 63n));
    for (; rest > 0x7fn; rest >>= 7n) this.#buffer[this.length++] = Number(rest & 0x7fn) | 0x80;
    this.#buffer[this.length++] = Number(rest);
  }

  #items<Item>(items: readonly Item[], write: (item: Item) => void): void {
    if (items.length > 0) this.long(items.length);
    for (const item of items) write(item);
    this.long(0);
  }

  #reserve(extra: number): void {
    if (this.length + extra <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.length + extra, 2 * this.#buffer.length));
    this.#buffer.copy(grown, 0, 0, this.length);
    this.#buffer = grown;
  }
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "bigint" ? "number" : typeof value;
}

/** Which kinds of values a branch of a union is for. */
const GROUPS: ReadonlyMap<Layout["kind"], string> = new Map([
  ["null", "null"],
  ["boolean", "boolean"],
  ["long", "number"],
  ["double", "number"],
  ["string", "string"],
  ["array", "array"],
  ["map", "object"],
  ["record", "object"],
]);
const FIRST_BYTES = 128 * 1024;
