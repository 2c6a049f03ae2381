import { RawJson } from "../json/value-text.ts";
import { isTypedText } from "./typed-text.ts";

/** Text as a cell of CSV would be understood: a number with its own digits, true, false, null when empty, else text. */
export function typedValue(text: string, infer = true): unknown {
  if (!infer) return text;
  if (text === "") return null;
  const bytes = Buffer.from(text);
  return isTypedText(bytes, 0, bytes.length) ? new RawJson(text) : text;
}
