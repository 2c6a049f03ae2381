import { STATUSES } from "../journal/event.ts";
import { compareEntries, type Entry, ENTRY_KINDS } from "./entry.ts";

/**
 * Entries in memory, by column: a few arrays instead of thousands of objects, which the engine would move about twice before they are
 * written.
 */
export class EntryTable {
  readonly #keys: string[] = [];
  readonly #writers: string[] = [];
  /** Per entry: t, seq, ms, and the three numbers of its detail; NaN for what is not there. */
  readonly #numbers: Float64Array;
  readonly #kinds: Uint8Array;
  /** 0: none. */
  readonly #statuses: Uint8Array;

  /** @param capacity entries that it has room for */
  constructor(capacity: number) {
    this.#numbers = new Float64Array(capacity * NUMBERS);
    this.#kinds = new Uint8Array(capacity);
    this.#statuses = new Uint8Array(capacity);
  }

  get size(): number {
    return this.#keys.length;
  }

  add({ key, t, writer, seq, kind, status, ms, detail }: Entry): void {
    const row = this.#keys.length;
    this.#keys.push(key);
    this.#writers.push(writer);
    const numbers = this.#numbers;
    const at = row * NUMBERS;
    numbers[at] = t;
    numbers[at + 1] = seq;
    numbers[at + 2] = ms ?? Number.NaN;
    numbers[at + 3] = detail?.[0] ?? Number.NaN;
    numbers[at + 4] = detail?.[1] ?? Number.NaN;
    numbers[at + 5] = detail?.[2] ?? Number.NaN;
    this.#kinds[row] = ENTRY_KINDS.indexOf(kind);
    this.#statuses[row] = status === undefined ? 0 : STATUSES.indexOf(status) + 1;
  }

  /** All of them, in the order of the index. */
  *sorted(): Generator<Entry, void, undefined> {
    const rows = new Uint32Array(this.size).map((_, row) => row);
    rows.sort((left, right) => this.#compared(left, right));
    for (const row of rows) yield this.#entry(row);
  }

  clear(): void {
    this.#keys.length = 0;
    this.#writers.length = 0;
  }

  #compared(left: number, right: number): number {
    const keys = this.#keys;
    // Most keys are different, and nothing has to be made of those.
    if (keys[left] !== keys[right]) return keys[left]! < keys[right]! ? -1 : 1;
    return compareEntries(this.#entry(left), this.#entry(right));
  }

  #entry(row: number): Entry {
    const at = row * NUMBERS;
    const numbers = this.#numbers;
    const ms = numbers[at + 2]!;
    const file = numbers[at + 3]!;
    return {
      key: this.#keys[row]!,
      t: numbers[at]!,
      writer: this.#writers[row]!,
      seq: numbers[at + 1]!,
      kind: ENTRY_KINDS[this.#kinds[row]!]!,
      status: STATUSES[this.#statuses[row]! - 1],
      ms: Number.isNaN(ms) ? undefined : ms,
      detail: Number.isNaN(file) ? undefined : [file, numbers[at + 4]!, numbers[at + 5]!],
    };
  }
}

const NUMBERS = 6;
