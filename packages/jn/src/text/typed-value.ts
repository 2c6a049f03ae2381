import { RawJson } from "../json/value-text.ts";
import { isBareFraction, isTypedText } from "./typed-text.ts";

/** Text as a cell of CSV would be understood: a number with its own digits, true, false, null when empty, else text. */
export function typedValue(text: string, infer = true): unknown {
  if (!infer) return text;
  if (text === "") return null;
  if (!MAY_BE_TYPED.test(text)) return text;
  if (SHORT_INTEGER.test(text)) return Number(text);
  const bytes = Buffer.from(text);
  if (isTypedText(bytes, 0, bytes.length)) return new RawJson(text);
  return isBareFraction(bytes, 0, bytes.length) ? new RawJson(text.replace(".", "0.")) : text;
}

/** What numbers, true and false begin with. */
const MAY_BE_TYPED = /^[-.0-9tf]/;
/** Its text is the same when it is written again. */
const SHORT_INTEGER = /^-?(?:0|[1-9]\d{0,14})$/;
