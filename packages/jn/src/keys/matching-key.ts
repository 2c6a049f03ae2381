import { ExactNumber } from "../filter/value/exact-number.ts";
import type { Value } from "../filter/value/value.ts";
import type { KeyBytes } from "./key-bytes.ts";

/**
 * Writes the key that records of two sources are matched by; false when there is none, because a value is null or missing.
 *
 * Text that is a number, written plainly (no zeros to spare, no exponent), is the same key as that number, because formats without
 * types (CSV with `?infer=false`, ids in quotes) have only text; unless keys are strict. Everything else matches its equal only.
 */
export function matchingKey(values: readonly Value[], isStrict: boolean, key: KeyBytes): boolean {
  key.clear();
  for (const value of values) {
    if (value === null) return false;
    key.add(!isStrict && typeof value === "string" && PLAIN_NUMBER.test(value) ? ExactNumber.parse(value) : value);
  }
  return true;
}

const PLAIN_NUMBER = /^(?!-0$)-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/;
