import type { ByteSink } from "@jn/wire";
import { FilterError } from "../filter/value/filter-error.ts";
import { asciiOnly, formatJson, type JsonFormat } from "../filter/value/json-format.ts";
import { toJson } from "../filter/value/json-text.ts";
import { isTruthy, type Value } from "../filter/value/value.ts";

export interface PrintOptions {
  /** Strings as they are, without quotes. */
  readonly raw?: boolean | undefined;
  /** What follows each result. Default: a newline. */
  readonly end?: string | undefined;
  /** What precedes each result. Default: nothing. */
  readonly start?: string | undefined;
  /** Default: JSON on one line, keys in their order, in UTF-8. */
  readonly format?: JsonFormat | undefined;
}

/** Takes the results of a filter. */
export interface Printer {
  /** Whether the last result was neither false nor null; undefined before the first one. */
  lastIsTruthy: boolean | undefined;
  /** Whether a record that is kept can be printed by its own bytes. */
  readonly keepsBytes: boolean;
  print(value: Value, out: ByteSink): void;
  /** Called where bad records are passed over: a record has given all its results, or it is bad and they are not to count. */
  settle?(isGood: boolean): void;
}

/** Prints the results of a filter. */
export class ResultPrinter implements Printer {
  lastIsTruthy: boolean | undefined;
  readonly keepsBytes: boolean;
  readonly #raw: boolean;
  readonly #start: string;
  readonly #end: string;
  readonly #format: JsonFormat | undefined;

  constructor(options: PrintOptions = {}) {
    this.#raw = options.raw ?? false;
    this.#start = options.start ?? "";
    this.#end = options.end ?? "\n";
    this.#format = options.format;
    this.keepsBytes = this.#format === undefined && this.#start === "" && this.#end === "\n";
  }

  /** @throws FilterError for a string that contains the NUL that is to end it */
  print(value: Value, out: ByteSink): void {
    this.lastIsTruthy = isTruthy(value);
    const text = this.#start + this.#text(value);
    out.reserve(3 * (text.length + 1));
    out.length += out.bytes.write(text, out.length);
    for (let at = 0; at < this.#end.length; at++) out.bytes[out.length++] = this.#end.charCodeAt(at);
    out.commit();
  }

  #text(value: Value): string {
    if (this.#raw && typeof value === "string") {
      if (this.#end === "\0" && value.includes("\0")) {
        throw new FilterError("Cannot dump a string containing NUL with --raw-output0 option");
      }
      return this.#format?.onlyAscii === true ? asciiOnly(value) : value;
    }
    return this.#format === undefined ? toJson(value) : formatJson(value, this.#format);
  }
}
