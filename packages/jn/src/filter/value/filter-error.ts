import type { Value } from "./value.ts";
import { toJson } from "./json-text.ts";

/** An error raised by a filter, which `try` can catch: it carries a value, most often a message. */
export class FilterError extends Error {
  override readonly name = "FilterError";
  readonly value: Value;

  constructor(value: Value) {
    super(typeof value === "string" ? value : `${toJson(value)} (not a string)`);
    this.value = value;
  }
}
