import { isUtf8 } from "node:buffer";
import { take, takeText } from "../value/budget.ts";
import { FilterError } from "../value/filter-error.ts";
import { toText } from "../value/json-text.ts";
import { shown } from "../value/shown.ts";
import { isArray, isNumber, type Value } from "../value/value.ts";

/** `@name` applied to a value: in string interpolation, or as a filter of its own. */
export function formatText(name: string, value: Value): string {
  const format = FORMATS.get(name);
  if (format === undefined) throw new FilterError(`${name} is not a valid format`);
  if (typeof value === "string") takeText(TEXT_BYTES * value.length);
  return format(value);
}

/** Whether there is a format of that name. */
export function isFormat(name: string): boolean {
  return FORMATS.has(name);
}

export function formatNames(): readonly string[] {
  return [...FORMATS.keys()];
}

function plainText(value: Value): string {
  return typeof value === "string" ? value : toText(value);
}

function cells(value: Value, name: string, cell: (text: string) => string, separator: string): string {
  if (!isArray(value)) throw new FilterError(`${shown(value)} cannot be ${name}-formatted, only array`);
  return value
    .map((element) => {
      if (typeof element === "string") {
        take(TEXT_BYTES * element.length);
        return cell(element).replaceAll("\0", String.raw`\0`);
      }
      if (element === null) return "";
      if (typeof element === "object" && !isNumber(element)) {
        throw new FilterError(`${shown(element)} is not valid in a csv row`);
      }
      return toText(element);
    })
    .join(separator);
}

const FORMATS: ReadonlyMap<string, (value: Value) => string> = new Map([
  ["text", plainText],
  ["json", toText],
  ["csv", (value) => cells(value, "csv", (text) => `"${text.replaceAll('"', '""')}"`, ",")],
  ["tsv", (value) => cells(value, "tsv", escapeTsv, "\t")],
  ["html", (value) => plainText(value).replaceAll(/[<>&'"]/g, (character) => HTML.get(character) ?? character)],
  ["uri", (value) => encodeURIComponent(Buffer.from(plainText(value)).toString()).replaceAll(/[!'()*]/g, percent)],
  ["urid", decodeUri],
  ["sh", (value) => (isArray(value) ? value : [value]).map(quoteForShell).join(" ")],
  ["base64", (value) => Buffer.from(plainText(value)).toString("base64")],
  [
    "base64d",
    (value) => {
      const text = plainText(value);
      const digits = text.replace(/=+$/, "");
      if (!/^[A-Za-z0-9+/]*$/.test(digits) || (digits === "" && text !== ""))
        throw new FilterError(`${shown(value)} is not valid base64 data`);
      if (digits.length % 4 === 1) throw new FilterError(`${shown(value)} trailing base64 byte found`);
      return Buffer.from(text, "base64").toString();
    },
  ],
]);

/** What is made of text takes for each character of it, at most. */
const TEXT_BYTES = 6;

const HTML: ReadonlyMap<string, string> = new Map([
  ["<", "&lt;"],
  [">", "&gt;"],
  ["&", "&amp;"],
  ["'", "&apos;"],
  ['"', "&quot;"],
]);

function escapeTsv(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
}

/** Percent-decoding. */
function decodeUri(value: Value): string {
  const text = plainText(value);
  if (/%(?![0-9a-fA-F]{2})/.test(text)) throw new FilterError(`${shown(value)} is not a valid uri encoding`);
  return text.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
    const bytes = Buffer.from(run.replaceAll("%", ""), "hex");
    if (!isUtf8(bytes)) throw new FilterError(`${shown(value)} is not a valid uri encoding`);
    return bytes.toString();
  });
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function quoteForShell(value: Value): string {
  if (typeof value === "string") {
    take(TEXT_BYTES * value.length);
    return `'${value.replaceAll("'", String.raw`'\''`)}'`;
  }
  if (value !== null && typeof value === "object" && !isNumber(value)) {
    throw new FilterError(`${shown(value)} can not be escaped for shell`);
  }
  return toText(value);
}
