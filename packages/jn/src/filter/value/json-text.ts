import { spend, take, takeText } from "./budget.ts";
import { deepJson } from "./deep-json.ts";
import { ExactNumber } from "./exact-number.ts";
import { calculatedText, isPlainSize, literalText } from "./number-text.ts";
import { externalKey, internalKey } from "./object-key.ts";
import type { ObjectValue, Value } from "./value.ts";

/** The value as JSON text without blanks, keys in their order. */
export function toJson(value: Value): string {
  switch (typeof value) {
    case "string":
      takeText(value.length);
      return JSON.stringify(value);
    case "number":
      return numberText(value);
    case "boolean":
      return value ? "true" : "false";
    default:
      return shallow(
        () => plainJson(value) ?? exactJson(value),
        () =>
          deepJson(value, toJson, () => {
            throw new RangeError("stack: a value that nests too deeply to be written");
          }),
      );
  }
}

/** What can be done by functions that call themselves, unless that is too deep. */
function shallow(work: () => string, deep: () => string): string {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError && /stack/.test(error.message)) return deep();
    throw error;
  }
}

/** The same as jq writes it into texts, where the form of a number counts: `1E+2` for `1e2`, `1e-05` for what was calculated. */
export function toText(value: Value): string {
  const text = shallow(
    () => plainText(value),
    () => deepJson(value, plainText, () => "<skipped: too deep>"),
  );
  return text.includes("\x7f") ? text.replaceAll("\x7f", String.raw`\u007f`) : text;
}

function plainText(value: Value): string {
  switch (typeof value) {
    case "string":
      takeText(value.length);
      return JSON.stringify(value);
    case "number":
      return Number.isFinite(value) ? calculatedText(value) : numberText(value);
    default:
      if (isPlainText(value)) return plainJson(value) ?? exactJson(value);
      if (value instanceof ExactNumber) return literalText(value.text);
      return containerText(value as ObjectValue, plainText);
  }
}

/** Whether all numbers in a value are written as in JSON. */
function isPlainText(value: Value): boolean {
  if (typeof value === "number") {
    return isPlainSize(Math.abs(value));
  }
  if (typeof value !== "object" || value === null) return true;
  if (value instanceof ExactNumber) return false;
  spend(COSTLY);
  return (Array.isArray(value) ? (value as readonly Value[]) : Object.values(value)).every(isPlainText);
}

/** A double as jq prints it: NaN has no JSON form, and the infinities become the largest doubles. */
function numberText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0" : String(value);
  if (Number.isNaN(value)) return "null";
  return value > 0 ? "1.7976931348623157e+308" : "-1.7976931348623157e+308";
}

/** The engine's own serialiser, several times faster than ours: undefined when the value has what it cannot do. */
function plainJson(value: Value): string | undefined {
  plainLength = 0;
  if (!isPlain(value)) return undefined;
  take(plainLength);
  return JSON.stringify(value);
}

/** The length of the text of what was found to be plain, more or less. */
let plainLength = 0;

function isPlain(value: Value): boolean {
  if (typeof value === "number") {
    plainLength += NUMBER_LENGTH;
    return Number.isFinite(value) && !Object.is(value, -0);
  }
  if (typeof value === "string") plainLength += value.length;
  if (typeof value !== "object" || value === null) return true;
  if (value instanceof ExactNumber) return false;
  spend(COSTLY);
  if (Array.isArray(value)) {
    for (const element of value as readonly Value[]) if (!isPlain(element)) return false;
    return true;
  }
  const object = value as ObjectValue;
  for (const key of Object.keys(object)) {
    plainLength += key.length;
    if (key.charCodeAt(0) === 0 || !isPlain(object[key]!)) return false;
  }
  return true;
}

function exactJson(value: Value): string {
  if (value instanceof ExactNumber) return value.text;
  if (typeof value !== "object" || value === null) return toJson(value);
  return containerText(value, exactJson);
}

/** @param element the text of an element */
function containerText(container: readonly Value[] | ObjectValue, element: (value: Value) => string): string {
  spend(COSTLY);
  const text = Array.isArray(container)
    ? (container as readonly Value[]).map(element).join(",")
    : Object.entries(container as ObjectValue)
        .map(([key, value]) => `${JSON.stringify(externalKey(key))}:${element(value)}`)
        .join(",");
  take(text.length);
  return Array.isArray(container) ? `[${text}]` : `{${text}}`;
}

/**
 * The value of JSON text that is known to be valid.
 *
 * `JSON.parse` does it unless the text has a number that a double would change or a key that JavaScript would move; only
 * then our own parser, ten times slower, is paid for. A cheap look at the bytes decides (`needsExactParse`).
 */
export function parseExact(text: string): Value {
  return new ExactParser(text).value();
}

/**
 * Whether the JSON text `bytes[start..end)` may have what `JSON.parse` would change: a long or oddly written number, a key
 * of digits, or one that begins with NUL, also when written with escapes. May say true without need, never false.
 */
export function needsExactParse(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    let byte = bytes[at]!;
    if (byte > NINE || byte < ZERO) continue;
    const first = at;
    const before = bytes[at - 1];
    let dot = false;
    do {
      if (byte === DOT) dot = true;
      byte = bytes[++at]!;
    } while ((byte >= ZERO && byte <= NINE) || byte === DOT);
    if (byte === LOWER_E || byte === UPPER_E) return true;
    if (at - first > 15) return true;
    if (dot && bytes[at - 1] === ZERO) return true;
    if (dot && at - first > 6 && bytes[first] === ZERO && bytes[first + 2] === ZERO) return true;
    if (before === MINUS && bytes[first] === ZERO) return true;
    if (before === QUOTE && byte === QUOTE && !dot && colonFollows(bytes, at + 1)) return true;
    // The escape of a NUL or of a digit: \u0000, \u0030 ... \u0039.
    if (before === LOWER_U && bytes[first - 2] === BACKSLASH && bytes[first] === ZERO && bytes[first + 1] === ZERO) {
      const third = bytes[first + 2];
      if (third === ZERO || third === ZERO + 3) return true;
    }
  }
  return false;
}

function colonFollows(bytes: Uint8Array, start: number): boolean {
  let at = start;
  while (bytes[at] === 32 || bytes[at] === 9) at++;
  return bytes[at] === COLON;
}

/** A JSON parser that keeps numbers and the order of keys. The text must be valid and of bounded depth. */
class ExactParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): Value {
    this.#blanks();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object();
      case "[":
        return this.#array();
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  #object(): Value {
    const object: Record<string, Value> = {};
    this.#at++;
    this.#blanks();
    while (this.#text[this.#at] !== "}") {
      const key = internalKey(this.#string());
      this.#blanks();
      this.#at++;
      setOwn(object, key, this.value());
      this.#blanks();
      if (this.#text[this.#at] === ",") this.#at++;
      this.#blanks();
    }
    this.#at++;
    return object;
  }

  #array(): Value {
    const array: Value[] = [];
    this.#at++;
    this.#blanks();
    while (this.#text[this.#at] !== "]") {
      array.push(this.value());
      this.#blanks();
      if (this.#text[this.#at] === ",") this.#at++;
      this.#blanks();
    }
    this.#at++;
    return array;
  }

  #string(): string {
    STRING.lastIndex = this.#at;
    const [token = '""'] = STRING.exec(this.#text) ?? [];
    this.#at += token.length;
    return JSON.parse(token) as string;
  }

  #scalar(): Value {
    SCALAR.lastIndex = this.#at;
    const [token = ""] = SCALAR.exec(this.#text) ?? [];
    this.#at += token.length;
    if (/nan$/i.test(token)) return Number.NaN;
    if (token === "true") return true;
    if (token === "false") return false;
    return token === "null" ? null : ExactNumber.parse(token);
  }

  #blanks(): void {
    while (this.#text.charCodeAt(this.#at) <= 32) this.#at++;
  }
}

/** Sets a key of an object being built; `__proto__` is a key like any other. */
export function setOwn(object: Record<string, Value>, key: string, value: Value): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else object[key] = value;
}

/** What a look into an array or object costs here, in elements. */
const COSTLY = 4;
/** Of most numbers, with what stands between them. */
const NUMBER_LENGTH = 4;

const STRING = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /[-+.\w]+/y;

const QUOTE = 34;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const BACKSLASH = 92;
const LOWER_U = 117;
const UPPER_E = 69;
const LOWER_E = 101;
