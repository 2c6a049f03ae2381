import type { Value } from "../filter/value/value.ts";

/**
 * Notices fields that no record has: to sort or group by a name that is mistyped changes nothing, and nobody would hear of it.
 */
export class AbsentFields {
  readonly #paths: readonly (readonly string[])[];
  /** The indices of those that have not been met. */
  #absent: readonly number[];
  #isEmpty = true;

  constructor(paths: readonly (readonly string[])[]) {
    this.#paths = paths;
    this.#absent = [...paths.keys()];
  }

  /** Takes the values of a record, in the order of the paths. */
  pass(values: readonly Value[]): void {
    if (this.#absent.length === 0) return;
    this.#isEmpty = false;
    this.#absent = this.#absent.filter((at) => values[at] === null);
  }

  /** Says which were never met, if there was a record at all. */
  tell(source: string, warn: ((message: string) => void) | undefined): void {
    if (this.#isEmpty || this.#absent.length === 0) return;
    const names = [...new Set(this.#absent.map((at) => this.#paths[at]!.join(".")))];
    warn?.(`${source}: no record has a value for ${names.join(", ")}`);
  }
}
