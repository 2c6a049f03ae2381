import type { CsvDialect } from "./csv-dialect.ts";

/**
 * Finds where a row ends, across chunks, looking at each byte once.
 *
 * A row ends at LF, CR LF or CR outside quotes. A quote opens only at the beginning of a cell; inside, a doubled quote is
 * a quote. A comment ends at the next line end whatever it contains.
 */
export class RowEnd {
  readonly #dialect: CsvDialect;
  #state: State = "rowStart";

  constructor(dialect: CsvDialect) {
    this.#dialect = dialect;
  }

  /** Expects the beginning of a row next. */
  reset(): void {
    this.#state = "rowStart";
  }

  /** The index after the row that `bytes[start..end)` begins or continues, or -1 when it does not end there. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const { delimiter, quote, comment } = this.#dialect;
    let state = this.#state;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (state === "afterReturn") {
        this.#state = "rowStart";
        return byte === LF ? at + 1 : at;
      }
      if (state === "quoted") {
        if (byte === quote) state = "quoteInQuoted";
      } else if (byte === LF) {
        this.#state = "rowStart";
        return at + 1;
      } else if (byte === CR) state = "afterReturn";
      else if (state === "comment") continue;
      else if (state === "rowStart" && byte === comment) state = "comment";
      else if (byte === quote && state !== "plain") state = "quoted";
      else state = byte === delimiter ? "cellStart" : "plain";
    }
    this.#state = state;
    return -1;
  }
}

/** Where the text of a line ends that is `bytes[start..end)` with its line end. */
export function contentEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end === start) return end;
  const last = bytes[end - 1];
  if (last === CR) return end - 1;
  if (last !== LF) return end;
  return end - 2 >= start && bytes[end - 2] === CR ? end - 2 : end - 1;
}

/** The index after the line end that is at or after `at`; -1 when more bytes must decide. */
export function lineEndAfter(bytes: Uint8Array, at: number, end: number, final: boolean): number {
  let i = at;
  while (i < end && bytes[i] !== LF && bytes[i] !== CR) i++;
  if (i < end && bytes[i] === CR) {
    if (i + 1 < end) return bytes[i + 1] === LF ? i + 2 : i + 1;
  } else if (i < end) return i + 1;
  return final ? end : -1;
}

type State = "rowStart" | "cellStart" | "plain" | "quoted" | "quoteInQuoted" | "comment" | "afterReturn";

const LF = 10;
const CR = 13;
