/** JSON text that is a value already, and is written as it stands: a number whose digits must stay. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * A value of a library as JSON text: big integers keep their digits, dates become ISO text, bytes base64, maps objects, and
 * numbers that JSON does not have the text `NaN`, `Infinity` or `-Infinity`. What is undefined is left out of objects.
 */
export function valueText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Object.is(value, -0) ? "-0" : Number.isFinite(value) ? String(value) : `"${value}"`;
    case "bigint":
      return String(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      return value === null ? "null" : objectText(value);
    default:
      return "null";
  }
}

/** The same for a cell: text without quotes, nothing for null. */
export function plainText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : value instanceof RawJson ? value.text : valueText(value);
}

function objectText(value: object): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(",")}]`;
  if (value instanceof RawJson) return value.text;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "null" : JSON.stringify(value.toISOString());
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString("base64")}"`;
  const entries: Iterable<[unknown, unknown]> = value instanceof Map ? value.entries() : Object.entries(value);
  let text = "{";
  for (const [key, member] of entries) {
    if (member === undefined) continue;
    text += `${text.length === 1 ? "" : ","}${JSON.stringify(keyText(key))}:${valueText(member)}`;
  }
  return `${text}}`;
}

function keyText(key: unknown): string {
  return typeof key === "string" ? key : typeof key === "object" && key !== null ? valueText(key) : String(key);
}
