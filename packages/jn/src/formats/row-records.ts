import { RawJson, valueText } from "../json/value-text.ts";
import { columnNames, type Warn } from "./column-names.ts";
import type { Emit } from "./text-reader.ts";

/** Rows of a table as records: the first row names the columns, unless they are numbered `col1`, `col2`, ... */
export class RowRecords {
  readonly #emit: Emit;
  readonly #warn: Warn;
  readonly #keyTexts: string[] = [];
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
    let text = "";
    for (let index = 0; index < width; index++) text += this.#keyText(index) + valueText(cells[index] ?? null);
    this.#emit(new RawJson(width === 0 ? "{}" : `${text}}`));
  }

  /** The name of a column as JSON, with what goes before and after it. */
  #keyText(index: number): string {
    const known = this.#keyTexts[index];
    if (known !== undefined) return known;
    const text = `${index === 0 ? "{" : ","}${JSON.stringify(this.#nameOf(index))}:`;
    this.#keyTexts[index] = text;
    return text;
  }

  #nameOf(index: number): string {
    const known = this.#names![index];
    if (known !== undefined) return known;
    let name = `col${index + 1}`;
    while (this.#names!.includes(name)) name += "_";
    return name;
  }
}
