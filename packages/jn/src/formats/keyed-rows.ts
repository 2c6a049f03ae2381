import type { LineSourceOptions } from "./ndjson/record-lines.ts";
import { entriesOf } from "./value-writer.ts";

export interface KeyedRowsOptions extends LineSourceOptions {
  /** The columns, in order; other keys are left out. Default: the keys of the first record. */
  readonly columns?: readonly string[] | undefined;
}

/** Records as rows: the columns are those that were given, else the keys of the first record. */
export class KeyedRows {
  #columns: readonly string[] | undefined;
  readonly #chosen: boolean;
  readonly #what: string;

  /** @param what what the records become, for messages: `rows of a table` */
  constructor({ columns }: KeyedRowsOptions, what: string) {
    this.#columns = columns;
    this.#chosen = columns !== undefined;
    this.#what = what;
  }

  get columns(): readonly string[] {
    return this.#columns ?? [];
  }

  /**
   * The values of a record in the order of the columns.
   *
   * @throws Error for a value that is no object, and for a key that is no column
   */
  cells(value: unknown): readonly unknown[] {
    const entries = new Map(entriesOf(value, this.#what));
    this.#columns ??= [...entries.keys()];
    const cells = this.#columns.map((column) => entries.get(column));
    if (this.#chosen) return cells;
    for (const key of entries.keys()) {
      if (this.#columns.includes(key)) continue;
      throw new Error(
        `the record has a key that the first record had not: '${key}'; name the columns with ?columns=a,b (others are left out)`,
      );
    }
    return cells;
  }
}
