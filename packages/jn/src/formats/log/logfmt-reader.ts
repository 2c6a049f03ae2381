import type { ByteSink, Transcoder } from "@jn/wire";
import { badData, type JnError } from "../../jn-error.ts";
import { appendString } from "../../text/json-string.ts";
import { isBareFraction, isTypedCell, putZero } from "../../text/typed-text.ts";
import { byteLines } from "../byte-lines.ts";
import type { TextSourceOptions } from "../text-reader.ts";

/**
 * Lines of `key=value key="a \"value\"" flag` as records; a key alone is true. Blank lines are passed over.
 *
 * @throws JnError `BAD_DATA` with line and column
 */
export function logfmtReader(options: TextSourceOptions & { readonly infer?: boolean | undefined }): Transcoder {
  const { source, infer = true } = options;
  const keys = new LineKeys();
  return byteLines(options, (bytes, view, start, end, number, out) => {
    const bad = (at: number, problem: string): JnError =>
      badData({ source, line: number, column: at - start + 1 }, problem);
    let count = 0;
    keys.beginLine();
    for (let at = afterBlanks(bytes, start, end); at < end; at = afterBlanks(bytes, at, end)) {
      const keyStart = at;
      while (at < end && KEY_ENDS[bytes[at]!] === 0) at++;
      if (at === keyStart || bytes[at] === QUOTE) throw bad(keyStart, "not logfmt: expected key=value");
      if (!keys.append(bytes, keyStart, at, count++, out))
        throw bad(keyStart, `the key '${bytes.toString("utf8", keyStart, at)}' is there twice`);
      if (at === end || bytes[at] !== EQUALS) {
        out.append(TRUE, 0, TRUE.length);
        continue;
      }
      const valueStart = ++at;
      if (at < end && bytes[at] === QUOTE) {
        let isEscaped = false;
        for (at++; at < end && bytes[at] !== QUOTE; at++) {
          if (bytes[at] !== BACKSLASH) continue;
          isEscaped = true;
          at++;
        }
        if (at >= end || (at + 1 < end && IS_BLANK[bytes[at + 1]!] === 0))
          throw bad(keyStart, "not logfmt: expected key=value");
        if (isEscaped) appendUnescaped(bytes.toString("utf8", valueStart + 1, at), out);
        else appendString(bytes, view, valueStart + 1, at, out);
        at++;
        continue;
      }
      while (at < end && IS_BLANK[bytes[at]!] === 0 && bytes[at] !== QUOTE) at++;
      if (at < end && bytes[at] === QUOTE) throw bad(keyStart, "not logfmt: expected key=value");
      if (infer) appendTyped(bytes, view, valueStart, at, out);
      else appendString(bytes, view, valueStart, at, out);
    }
    if (count === 0) return;
    keys.endLine(count);
    out.append(CLOSE, 0, CLOSE.length);
    out.commit();
  });
}

/** The keys of a line. Those of one log are mostly the same from line to line: they are compared with those of the line before. */
class LineKeys {
  #known: { readonly key: Buffer; readonly text: Buffer }[] = [];
  /** From where on the keys of this line are others; then they are in `#seen`. */
  #seen: Set<string> | undefined;

  /** A line before that was bad has not ended: what it has left is forgotten. */
  beginLine(): void {
    if (this.#seen === undefined) return;
    this.#seen = undefined;
    this.#known = [];
  }

  /** Appends the key as JSON, with what goes before and after it; false when the line has had it. */
  append(bytes: Buffer, start: number, end: number, index: number, out: ByteSink): boolean {
    const known = this.#known[index];
    if (this.#seen === undefined && known !== undefined && isSame(known.key, bytes, start, end)) {
      out.append(known.text, 0, known.text.length);
      return true;
    }
    const key = Buffer.from(bytes.subarray(start, end));
    const name = key.toString();
    this.#seen ??= new Set(this.#known.slice(0, index).map((one) => one.key.toString()));
    if (this.#seen.has(name)) return false;
    this.#seen.add(name);
    const text = Buffer.from(`${index === 0 ? "{" : ","}${JSON.stringify(name)}:`);
    if (index < MAX_KNOWN) this.#known[index] = { key, text };
    out.append(text, 0, text.length);
    return true;
  }

  endLine(count: number): void {
    if (this.#seen === undefined) return;
    this.#seen = undefined;
    this.#known.length = Math.min(count, MAX_KNOWN);
  }
}

function isSame(key: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (end - start !== key.length) return false;
  for (let index = 0; index < key.length; index++) if (key[index] !== bytes[start + index]) return false;
  return true;
}

function appendTyped(bytes: Buffer, view: DataView, start: number, end: number, out: ByteSink): void {
  if (start === end) {
    out.append(NULL, 0, NULL.length);
    return;
  }
  const announced = MAY_BE_TYPED[bytes[start]!] === 1;
  if (announced && isTypedCell(bytes, start, end)) out.append(bytes, start, end);
  else if (announced && isBareFraction(bytes, start, end)) {
    out.reserve(end - start + 1);
    bytes.copy(out.bytes, out.length + 1, start, end);
    putZero(out.bytes, out.length);
    out.length += end - start + 1;
  } else appendString(bytes, view, start, end, out);
}

/** `\n`, `\r`, `\t`, `\b`, `\f` and `\u0041` are what they are in JSON; any other character after a backslash is itself. */
function appendUnescaped(text: string, out: ByteSink): void {
  const value = text.replaceAll(/\\(u[0-9a-fA-F]{4}|.)/gs, (_whole, escape: string) => {
    if (escape.length > 1 && escape.startsWith("u")) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return ESCAPES.get(escape) ?? escape;
  });
  const json = Buffer.from(JSON.stringify(value));
  out.append(json, 0, json.length);
}

function afterBlanks(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && IS_BLANK[bytes[at]!] === 1) at++;
  return at;
}

const QUOTE = 34;
const EQUALS = 61;
const BACKSLASH = 92;
const TRUE = Buffer.from("true");
const NULL = Buffer.from("null");
const CLOSE = Buffer.from("}\n");
/** Lines with more keys are compared by their texts. */
const MAX_KNOWN = 256;

const IS_BLANK = new Uint8Array(256);
for (const blank of [9, 11, 12, 13, 32]) IS_BLANK[blank] = 1;
const KEY_ENDS = Uint8Array.from(IS_BLANK);
KEY_ENDS[QUOTE] = 1;
KEY_ENDS[EQUALS] = 1;

/** What numbers, true and false begin with. */
const MAY_BE_TYPED = new Uint8Array(256);
for (const byte of Buffer.from("-.0123456789tf")) MAY_BE_TYPED[byte] = 1;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["b", "\b"],
  ["f", "\f"],
]);
