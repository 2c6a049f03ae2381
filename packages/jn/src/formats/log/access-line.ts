import type { ByteSink } from "@jn/wire";
import { appendString } from "../../text/json-string.ts";

/**
 * Appends the record of a line as nearly all are: no escapes, a time with a zone, numbers as they are. False for any other line, which
 * may be a good one: what was appended then has to be taken back.
 */
export function appendUsual(bytes: Buffer, view: DataView, start: number, end: number, out: ByteSink): boolean {
  const hostEnd = indexIn(bytes, SPACE, start, end);
  const identEnd = indexIn(bytes, SPACE, hostEnd + 1, end);
  const userEnd = indexIn(bytes, SPACE, identEnd + 1, end);
  const timeStart = userEnd + 2;
  const timeEnd = timeStart + TIME_BYTES;
  if (hostEnd <= start || identEnd <= hostEnd + 1 || userEnd <= identEnd + 1 || timeEnd + 3 > end) return false;
  if (bytes[userEnd + 1] !== OPEN || bytes[timeEnd] !== CLOSE) return false;
  if (bytes[timeEnd + 1] !== SPACE || bytes[timeEnd + 2] !== QUOTE) return false;
  const requestStart = timeEnd + 3;
  const requestEnd = plainEnd(bytes, requestStart, end);
  const statusStart = requestEnd + 2;
  const sizeStart = statusStart + 4;
  if (requestEnd < 0 || sizeStart >= end) return false;
  if (bytes[statusStart - 1] !== SPACE || bytes[sizeStart - 1] !== SPACE) return false;
  append(HOST, out);
  appendString(bytes, view, start, hostEnd, out);
  appendField(IDENT, bytes, view, hostEnd + 1, identEnd, out);
  appendField(USER, bytes, view, identEnd + 1, userEnd, out);
  if (!appendTime(bytes, timeStart, out)) return false;
  if (!appendRequest(bytes, view, requestStart, requestEnd, out)) return false;
  append(STATUS, out);
  if (!appendNumber(bytes, statusStart, sizeStart - 1, out)) return false;
  const sizeEnd = indexIn(bytes, SPACE, sizeStart, end);
  append(BYTES, out);
  if (!appendNumber(bytes, sizeStart, sizeEnd < 0 ? end : sizeEnd, out)) return false;
  if (sizeEnd >= 0) {
    const refererEnd = plainEnd(bytes, sizeEnd + 2, end);
    const agentEnd = plainEnd(bytes, refererEnd + 3, end);
    if (bytes[sizeEnd + 1] !== QUOTE || refererEnd < 0 || agentEnd !== end - 1) return false;
    if (bytes[refererEnd + 1] !== SPACE || bytes[refererEnd + 2] !== QUOTE) return false;
    appendField(REFERER, bytes, view, sizeEnd + 2, refererEnd, out);
    appendField(AGENT, bytes, view, refererEnd + 3, agentEnd, out);
  }
  append(END, out);
  return true;
}

/** `10/Oct/2000:13:55:36 -0700` as `2000-10-10T13:55:36-07:00`. */
function appendTime(bytes: Buffer, start: number, out: ByteSink): boolean {
  for (let index = 0; index < TIME_BYTES; index++) {
    const byte = bytes[start + index]!;
    const wanted = TIME_SHAPE[index]!;
    if (wanted === ZERO ? byte < ZERO || byte > NINE : wanted !== LETTER && byte !== wanted) {
      if (index !== SIGN_AT || byte !== MINUS) return false;
    }
  }
  const month = MONTHS.get((bytes[start + 3]! << 16) | (bytes[start + 4]! << 8) | bytes[start + 5]!);
  if (month === undefined) return false;
  append(TIME, out);
  out.reserve(ISO_BYTES);
  const to = out.bytes;
  const at = out.length;
  bytes.copy(to, at, start + 7, start + 11);
  to[at + 4] = MINUS;
  to[at + 5] = ZERO + (month >= 10 ? 1 : 0);
  to[at + 6] = ZERO + (month % 10);
  to[at + 7] = MINUS;
  to[at + 8] = bytes[start]!;
  to[at + 9] = bytes[start + 1]!;
  to[at + 10] = LETTER_T;
  for (let index = 0; index < 8; index++) to[at + 11 + index] = bytes[start + 12 + index]!;
  to[at + 19] = bytes[start + SIGN_AT]!;
  to[at + 20] = bytes[start + 22]!;
  to[at + 21] = bytes[start + 23]!;
  to[at + 22] = COLON;
  to[at + 23] = bytes[start + 24]!;
  to[at + 24] = bytes[start + 25]!;
  to[at + 25] = QUOTE;
  out.length = at + ISO_BYTES;
  return true;
}

/** `request`, and what it is made of: method, path and perhaps protocol. */
function appendRequest(bytes: Buffer, view: DataView, start: number, end: number, out: ByteSink): boolean {
  const methodEnd = indexIn(bytes, SPACE, start, end);
  if (methodEnd <= start) return false;
  const last = bytes.lastIndexOf(SPACE, end - 1);
  const hasProtocol = last > methodEnd && isProtocol(bytes, last + 1, end);
  appendField(REQUEST, bytes, view, start, end, out);
  append(METHOD, out);
  appendString(bytes, view, start, methodEnd, out);
  append(PATH, out);
  appendString(bytes, view, methodEnd + 1, hasProtocol ? last : end, out);
  append(PROTOCOL, out);
  if (hasProtocol) appendString(bytes, view, last + 1, end, out);
  else append(NULL, out);
  return true;
}

function isProtocol(bytes: Buffer, start: number, end: number): boolean {
  if (end - start <= HTTP.length) return false;
  for (let index = 0; index < HTTP.length; index++) if (bytes[start + index] !== HTTP[index]) return false;
  for (let at = start + HTTP.length; at < end; at++) {
    if (bytes[at] !== DOT && (bytes[at]! < ZERO || bytes[at]! > NINE)) return false;
  }
  return true;
}

/** The text, or null for `-`. */
function appendField(name: Buffer, bytes: Buffer, view: DataView, start: number, end: number, out: ByteSink): void {
  append(name, out);
  if (end - start === 1 && bytes[start] === MINUS) append(NULL, out);
  else appendString(bytes, view, start, end, out);
}

function appendNumber(bytes: Buffer, start: number, end: number, out: ByteSink): boolean {
  if (end - start === 1 && bytes[start] === MINUS) {
    append(NULL, out);
    return true;
  }
  if (end <= start || end - start > MAX_DIGITS || (bytes[start] === ZERO && end - start > 1)) return false;
  for (let at = start; at < end; at++) if (bytes[at]! < ZERO || bytes[at]! > NINE) return false;
  out.append(bytes, start, end);
  return true;
}

/** Where the quote is that ends a text without escapes; -1: there is none. */
function plainEnd(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) return -1;
  }
  return -1;
}

function indexIn(bytes: Buffer, byte: number, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === byte) return at;
  return -1;
}

function append(text: Buffer, out: ByteSink): void {
  out.append(text, 0, text.length);
}

const SPACE = 32;
const QUOTE = 34;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const LETTER = 77;
const LETTER_T = 84;
const OPEN = 91;
const BACKSLASH = 92;
const CLOSE = 93;
const MAX_DIGITS = 15;

/** 0 is any digit, M any letter; the sign may be - as well. */
const TIME_SHAPE = Buffer.from("00/MMM/0000:00:00:00 +0000");
const TIME_BYTES = TIME_SHAPE.length;
const SIGN_AT = 21;
const ISO_BYTES = 26;
const MONTHS: ReadonlyMap<number, number> = new Map(
  ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map((name, index) => [
    Buffer.from(name).readUIntBE(0, 3),
    index + 1,
  ]),
);

const HTTP = Buffer.from("HTTP/");
const NULL = Buffer.from("null");
const HOST = Buffer.from('{"host":');
const IDENT = Buffer.from(',"ident":');
const USER = Buffer.from(',"user":');
const TIME = Buffer.from(',"time":"');
const REQUEST = Buffer.from(',"request":');
const METHOD = Buffer.from(',"method":');
const PATH = Buffer.from(',"path":');
const PROTOCOL = Buffer.from(',"protocol":');
const STATUS = Buffer.from(',"status":');
const BYTES = Buffer.from(',"bytes":');
const REFERER = Buffer.from(',"referer":');
const AGENT = Buffer.from(',"agent":');
const END = Buffer.from("}\n");
