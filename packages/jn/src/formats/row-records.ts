import { columnNames, type Warn } from "./column-names.ts";
import type { Emit } from "./text-reader.ts";

/** Rows of a table as records: the first row names the columns, unless they are numbered `col1`, `col2`, ... */
export class RowRecords {
  readonly #emit: Emit;
  readonly #warn: Warn;
  #names: readonly string[] | undefined;

  constructor(emit: Emit, options: { readonly header: boolean; readonly warn: Warn }) {
    this.#emit = emit;
    this.#warn = options.warn;
    if (!options.header) this.#names = [];
  }

  /** @param name what a cell is called as a header */
  row(cells: readonly unknown[], name: (cell: unknown) => string = String): void {
    if (this.#names === undefined) {
      this.#names = columnNames(cells.map(name), this.#warn);
      return;
    }
    const width = Math.max(cells.length, this.#names.length);
    const entries = Array.from({ length: width }, (_, index) => [this.#nameOf(index), cells[index] ?? null] as const);
    this.#emit(new Map(entries));
  }

  #nameOf(index: number): string {
    const known = this.#names![index];
    if (known !== undefined) return known;
    let name = `col${index + 1}`;
    while (this.#names!.includes(name)) name += "_";
    return name;
  }
}
