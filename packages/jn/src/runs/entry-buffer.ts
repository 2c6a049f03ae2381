/** Entries in memory, a key and a record each, which gets a newline: added, sorted by key, visited. */
export class EntryBuffer {
  #bytes: Buffer = Buffer.allocUnsafeSlow(64 * 1024);
  #length = 0;
  #count = 0;
  /** How many bytes all keys begin with. */
  #common = 0;
  /** Of each entry: where its key begins, its length and the record's, and the eight bytes of the key after those in common. */
  #columns: Columns = columns(1024);
  readonly #maxBytes: number;

  /** @param maxBytes how much memory it may take; one entry has room always */
  constructor(maxBytes: number) {
    this.#maxBytes = Math.min(maxBytes, MAX_BYTES);
  }

  get count(): number {
    return this.#count;
  }

  /** Whether another entry of this size would pass the bound. */
  isFull(keyLength: number, recordLength: number): boolean {
    const bytes = this.#length + keyLength + recordLength + 1 + (this.#count + 1) * ENTRY_BYTES;
    return this.#count > 0 && bytes > this.#maxBytes;
  }

  add(key: Buffer, keyLength: number, record: Buffer, start: number, end: number): void {
    const extra = keyLength + end - start + 1;
    if (this.#length + extra > this.#bytes.length) this.#grow(extra);
    const at = this.#count++;
    if (at === this.#columns.starts.length) this.#columns = columns(2 * at, this.#columns);
    const { starts, keyLengths, recordLengths } = this.#columns;
    starts[at] = this.#length;
    keyLengths[at] = keyLength;
    recordLengths[at] = end - start + 1;
    this.#common = at === 0 ? keyLength : this.#commonWith(key, keyLength);
    key.copy(this.#bytes, this.#length, 0, keyLength);
    record.copy(this.#bytes, this.#length + keyLength, start, end);
    this.#length += extra;
    this.#bytes[this.#length - 1] = NEWLINE;
  }

  /** Calls back for each entry in the order of the keys; entries with the same key in the order in which they were added. */
  visit(entry: (bytes: Buffer, keyStart: number, keyEnd: number, end: number) => void): void {
    const { starts, keyLengths, recordLengths } = this.#columns;
    for (const at of this.#sorted()) {
      const keyEnd = starts[at]! + keyLengths[at]!;
      entry(this.#bytes, starts[at]!, keyEnd, keyEnd + recordLengths[at]!);
    }
  }

  clear(): void {
    this.#count = 0;
    this.#length = 0;
    if (this.#bytes.length > 2 * this.#maxBytes) this.#bytes = Buffer.allocUnsafeSlow(64 * 1024);
  }

  #grow(extra: number): void {
    const wanted = Math.max(this.#length + extra, Math.min(2 * this.#bytes.length, this.#maxBytes));
    const grown = Buffer.allocUnsafeSlow(wanted);
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }

  #commonWith(key: Buffer, keyLength: number): number {
    const most = Math.min(this.#common, keyLength);
    for (let at = 0; at < most; at++) if (key[at] !== this.#bytes[at]) return at;
    return most;
  }

  /** A merge sort from the bottom up: stable, and nearly free where the input is in order already. */
  #sorted(): Uint32Array {
    const count = this.#count;
    const { starts, keyLengths, high, low, order, spare } = this.#columns;
    // Reused: new ones for each run would make memory grow until the engine looks.
    let from = order.subarray(0, count);
    for (let at = 0; at < count; at++) {
      from[at] = at;
      const start = starts[at]! + this.#common;
      const end = starts[at]! + keyLengths[at]!;
      high[at] = wordAt(this.#bytes, start, end);
      low[at] = wordAt(this.#bytes, start + 4, end);
    }
    let to = spare.subarray(0, count);
    for (let width = 1; width < count; width *= 2) {
      for (let start = 0; start < count; start += 2 * width) this.#merge(from, to, start, width);
      [from, to] = [to, from];
    }
    return from;
  }

  #merge(from: Uint32Array, to: Uint32Array, start: number, width: number): void {
    const middle = Math.min(start + width, from.length);
    const end = Math.min(middle + width, from.length);
    let left = start;
    let right = middle;
    if (middle === end || this.#compare(from[middle - 1]!, from[middle]!) <= 0) {
      to.set(from.subarray(start, end), start);
      return;
    }
    for (let at = start; at < end; at++) {
      const takesLeft = right === end || (left < middle && this.#compare(from[left]!, from[right]!) <= 0);
      to[at] = takesLeft ? from[left++]! : from[right++]!;
    }
  }

  #compare(left: number, right: number): number {
    const { starts, keyLengths, high, low } = this.#columns;
    if (high[left] !== high[right]) return high[left]! < high[right]! ? -1 : 1;
    if (low[left] !== low[right]) return low[left]! < low[right]! ? -1 : 1;
    const leftEnd = starts[left]! + keyLengths[left]!;
    const rightEnd = starts[right]! + keyLengths[right]!;
    return compareKeys(
      this.#bytes,
      Math.min(starts[left]! + this.#common + WORD_BYTES, leftEnd),
      leftEnd,
      this.#bytes,
      Math.min(starts[right]! + this.#common + WORD_BYTES, rightEnd),
      rightEnd,
    );
  }
}

/** Compares `left[leftStart..leftEnd)` with `right[rightStart..rightEnd)`, byte by byte. */
export function compareKeys(
  left: Buffer,
  leftStart: number,
  leftEnd: number,
  right: Buffer,
  rightStart: number,
  rightEnd: number,
): number {
  const length = Math.min(leftEnd - leftStart, rightEnd - rightStart);
  for (let at = 0; at < length; at++) {
    const difference = left[leftStart + at]! - right[rightStart + at]!;
    if (difference !== 0) return difference;
  }
  return leftEnd - leftStart - (rightEnd - rightStart);
}

interface Columns {
  readonly starts: Uint32Array;
  readonly keyLengths: Uint32Array;
  readonly recordLengths: Uint32Array;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly order: Uint32Array;
  readonly spare: Uint32Array;
}

function columns(length: number, before?: Columns): Columns {
  const grown = (column: keyof Columns): Uint32Array => {
    const made = new Uint32Array(length);
    if (before !== undefined) made.set(before[column]);
    return made;
  };
  return {
    starts: grown("starts"),
    keyLengths: grown("keyLengths"),
    recordLengths: grown("recordLengths"),
    high: grown("high"),
    low: grown("low"),
    order: new Uint32Array(length),
    spare: new Uint32Array(length),
  };
}

/** The four bytes at `start` of a key that ends at `end` as a number that compares as they do; beyond the end there are zeros. */
function wordAt(bytes: Buffer, start: number, end: number): number {
  if (start + 4 <= end) return bytes.readUInt32BE(start);
  let word = 0;
  for (let at = start; at < start + 4; at++) word = word * 256 + (at < end ? bytes[at]! : 0);
  return word;
}

const NEWLINE = 10;
const WORD_BYTES = 8;
/** Of each entry: five columns, and its place in two orders. */
const ENTRY_BYTES = 28;
/** Starts are 32 bit numbers. */
const MAX_BYTES = 2 ** 31;
