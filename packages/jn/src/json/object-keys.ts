import { scanString, scanValue, skipBlanks } from "./json-scanner.ts";

/** Calls back for each key, in order, of the object at `start`, which has been checked; with the start of its value. */
export function eachKey(bytes: Buffer, start: number, found: (key: string, valueStart: number) => void): void {
  let at = skipBlanks(bytes, start + 1);
  while (bytes[at] !== CLOSE_BRACE) {
    const keyEnd = scanString(bytes, at);
    const valueStart = skipBlanks(bytes, skipBlanks(bytes, keyEnd) + 1);
    found(keyText(bytes, at + 1, keyEnd - 1), valueStart);
    at = skipBlanks(bytes, scanValue(bytes, valueStart));
    if (bytes[at] === COMMA) at = skipBlanks(bytes, at + 1);
  }
}

function keyText(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString("utf8", start, end);
  return text.includes("\\") ? (JSON.parse(`"${text}"`) as string) : text;
}

const COMMA = 44;
const CLOSE_BRACE = 125;
