import { scanString, scanValue, skipBlanks } from "./json-scanner.ts";

/** Calls back for each key, in order, of the object at `start`, which has been checked; with the place of its value. */
export function eachKey(
  bytes: Buffer,
  start: number,
  found: (key: string, valueStart: number, valueEnd: number) => void,
): void {
  let at = skipBlanks(bytes, start + 1);
  while (bytes[at] !== CLOSE_BRACE) {
    const keyEnd = scanString(bytes, at);
    const valueStart = skipBlanks(bytes, skipBlanks(bytes, keyEnd) + 1);
    const valueEnd = scanValue(bytes, valueStart);
    found(keyText(bytes, at + 1, keyEnd - 1), valueStart, valueEnd);
    at = skipBlanks(bytes, valueEnd);
    if (bytes[at] === COMMA) at = skipBlanks(bytes, at + 1);
  }
}

function keyText(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString("utf8", start, end);
  return text.includes("\\") ? (JSON.parse(`"${text}"`) as string) : text;
}

const COMMA = 44;
const CLOSE_BRACE = 125;
