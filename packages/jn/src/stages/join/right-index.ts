import { collectGarbage } from "../../heap/engine.ts";
import type { RecordSlice } from "./join-options.ts";

/** The records of the right side in memory, by key. */
export class RightIndex {
  /** The system gives it page by page as it is used. */
  #bytes: Buffer;
  #length = 0;
  #count = 0;
  #columns: Columns = columns(1024);
  readonly #firsts = new Map<string, number>();
  #keyBytes = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#bytes = Buffer.allocUnsafeSlow(maxBytes);
  }

  /** Adds a record, with its key unless it has none; false when it has no room. */
  add(key: string | undefined, { bytes, start, end }: RecordSlice): boolean {
    const extra = end - start + 1;
    const keyBytes = key === undefined ? 0 : key.length + KEY_BYTES;
    if (this.#length + extra + this.#keyBytes + keyBytes + (this.#count + 1) * RECORD_BYTES > this.#maxBytes)
      return false;
    this.#keyBytes += keyBytes;
    const at = this.#count++;
    if (at === this.#columns.next.length) this.#columns = columns(2 * at, this.#columns);
    const { starts, next, last } = this.#columns;
    starts[at] = this.#length;
    next[at] = -1;
    bytes.copy(this.#bytes, this.#length, start, end);
    this.#length += extra;
    this.#bytes[this.#length - 1] = NEWLINE;
    starts[at + 1] = this.#length;
    if (key === undefined) return true;
    const first = this.#firsts.get(key);
    if (first === undefined) {
      this.#firsts.set(key, at);
      last[at] = at;
    } else {
      next[last[first]!] = at;
      last[first] = at;
    }
    return true;
  }

  /** Calls back for the records with this key, in their order; those for which it returns true are marked. */
  each(key: string, found: (record: RecordSlice) => boolean): void {
    const { next, isMatched } = this.#columns;
    for (let at = this.#firsts.get(key) ?? -1; at >= 0; at = next[at]!) {
      if (found(this.#slice(at))) isMatched[at] = 1;
    }
  }

  /** How many more bytes it may take. */
  get roomBytes(): number {
    return this.#maxBytes - this.#length - this.#keyBytes - this.#count * RECORD_BYTES;
  }

  /** Calls back for all records that have a key: those of one key in their order. */
  eachKeyed(found: (key: string, record: RecordSlice) => void): void {
    const { next } = this.#columns;
    for (const [key, first] of this.#firsts) for (let at = first; at >= 0; at = next[at]!) found(key, this.#slice(at));
  }

  /** Calls back for all records that were never marked, in their order. */
  eachUnmatched(found: (record: RecordSlice) => void): void {
    for (let at = 0; at < this.#count; at++) if (this.#columns.isMatched[at] === 0) found(this.#slice(at));
  }

  /** Calls back for all records, and forgets them: before that already their keys, which take more than they do. */
  drain(found: (record: RecordSlice) => void): void {
    this.#firsts.clear();
    this.#columns = { ...columns(0), starts: this.#columns.starts };
    collectGarbage();
    for (let at = 0; at < this.#count; at++) found(this.#slice(at));
    this.#bytes = Buffer.alloc(0);
    this.#columns = columns(0);
    this.#length = this.#count = 0;
    collectGarbage();
  }

  #slice(at: number): RecordSlice {
    const { starts } = this.#columns;
    return { bytes: this.#bytes, start: starts[at]!, end: starts[at + 1]! - 1 };
  }
}

interface Columns {
  /** Where each record begins; one more than there are records. */
  readonly starts: Float64Array;
  /** The next record with the same key, or -1. */
  readonly next: Int32Array;
  /** Of the first record with a key: the last one. */
  readonly last: Int32Array;
  readonly isMatched: Uint8Array;
}

function columns(length: number, before?: Columns): Columns {
  const made = {
    starts: new Float64Array(length + 1),
    next: new Int32Array(length),
    last: new Int32Array(length),
    isMatched: new Uint8Array(length),
  };
  if (before !== undefined) {
    made.starts.set(before.starts);
    made.next.set(before.next);
    made.last.set(before.last);
    made.isMatched.set(before.isMatched);
  }
  return made;
}

const NEWLINE = 10;
/** What a record takes in the columns, and a key in the map, about. */
const RECORD_BYTES = 17;
const KEY_BYTES = 64;
