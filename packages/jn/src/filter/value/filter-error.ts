import type { Value } from "./value.ts";

/** An error raised by a filter, which `try` can catch: it carries a value, most often a message. */
export class FilterError extends Error {
  override readonly name = "FilterError";
  readonly value: Value;

  constructor(value: Value) {
    super(typeof value === "string" ? value : "");
    this.value = value;
  }
}
