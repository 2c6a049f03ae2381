import { RawJson } from "../json/value-text.ts";
import { isBareFraction, isTypedText } from "./typed-text.ts";

/** Text as a cell of CSV would be understood: a number with its own digits, true, false, null when empty, else text. */
export function typedValue(text: string, infer = true): unknown {
  if (!infer) return text;
  if (text === "") return null;
  const bytes = Buffer.from(text);
  if (isTypedText(bytes, 0, bytes.length)) return new RawJson(text);
  return isBareFraction(bytes, 0, bytes.length) ? new RawJson(text.replace(".", "0.")) : text;
}
