import { FilterError } from "../value/filter-error.ts";
import { shown } from "../value/shown.ts";
import type { NativeBuiltin } from "./native.ts";

/** Additions to jq: new identifiers, which do not look at the input, and the time in one that has it. */
export const idBuiltins: readonly (readonly [string, NativeBuiltin])[] = [
  ["uuid/0", () => crypto.randomUUID()],
  ["uuid7/0", () => uuid7()],
  ["ulid/0", () => encoded(time(6), CROCKFORD, 10) + encoded(randomBytes(10), CROCKFORD, 16)],
  ["xid/0", () => xid()],
  ["nanoid/0", () => randomText(21, URL_SAFE)],
  ["shortid/0", () => randomText(8, URL_SAFE.slice(0, 62))],
  ["random/0", () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48],
  ["seq/0", () => ++sequence],
  [
    "xid_time/0",
    (input) => {
      if (typeof input !== "string" || !/^[0-9a-v]{20}$/.test(input))
        throw new FilterError(`${shown(input)} is no xid`);
      // Seven characters are 35 bits: 32 of seconds, and 3 that follow.
      return Math.floor(Number.parseInt(input.slice(0, 7), 32) / 8);
    },
  ],
];

/** RFC 9562, version 7: milliseconds, then chance. */
function uuid7(): string {
  const bytes = Buffer.concat([time(6), randomBytes(10)]);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Seconds, the process, and a counter, as rs/xid has them: 12 bytes as 20 characters. */
function xid(): string {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(Math.floor(Date.now() / 1000), 0);
  processBytes ??= randomBytes(5);
  processBytes.copy(bytes, 4);
  counter = ((counter ?? randomBytes(3).readUIntBE(0, 3)) + 1) % 2 ** 24;
  bytes.writeUIntBE(counter, 9, 3);
  // 96 bits and 4 that are zero.
  const value = BigInt(`0x${bytes.toString("hex")}`) << 4n;
  return value.toString(32).padStart(20, "0");
}

function time(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(Date.now(), 0, length);
  return bytes;
}

/** The bytes as a number, in characters that stand for five bits each. */
function encoded(bytes: Buffer, alphabet: string, length: number): string {
  const value = BigInt(`0x${bytes.toString("hex")}`);
  const spare = BigInt(bytes.length * 8 - length * 5);
  const shifted = spare > 0n ? value >> spare : value;
  return Array.from({ length }, (_, at) => alphabet[Number((shifted >> BigInt(5 * (length - 1 - at))) & 31n)]).join("");
}

/** By the global of the Web, which is loaded at its first use: node:crypto would cost every filter 5 ms. */
function randomBytes(length: number): Buffer {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(length)));
}

/** Characters drawn evenly: bytes that would favour some are not used. */
function randomText(length: number, alphabet: string): string {
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      const index = byte & 63;
      if (index < alphabet.length && text.length < length) text += alphabet[index];
    }
  }
  return text;
}

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const URL_SAFE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";
let processBytes: Buffer | undefined;
let counter: number | undefined;
let sequence = 0;
