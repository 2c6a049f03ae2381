/**
 * Entries in memory, a key and a record each, which gets a newline: added, sorted by key, visited.
 *
 * All of it is one piece of memory that never grows: keys and records from its beginning on, five words about each entry from its end
 * on, and between them, when it is sorted, two words for each. The system gives it page by page as it is used.
 */
export class EntryBuffer {
  #bytes: Buffer;
  #words: Uint32Array;
  #length = 0;
  #count = 0;
  /** How many bytes all keys begin with. */
  #common = 0;
  readonly #maxBytes: number;

  /** @param maxBytes how much memory it may take; one entry has room always */
  constructor(maxBytes: number) {
    this.#maxBytes = Math.min(maxBytes, MAX_BYTES);
    this.#bytes = allocated(this.#maxBytes);
    this.#words = wordsOf(this.#bytes);
  }

  get count(): number {
    return this.#count;
  }

  /** Its memory, for whoever needs some while there are no entries. */
  get memory(): Buffer {
    return this.#bytes;
  }

  /** Whether there is no room for another entry of this size. */
  isFull(keyLength: number, recordLength: number): boolean {
    return this.#count > 0 && this.#sizeWith(keyLength + recordLength + 1) > this.#bytes.length;
  }

  add(key: Buffer, keyLength: number, record: Buffer, start: number, end: number): void {
    const extra = keyLength + end - start + 1;
    if (this.#count === 0) this.#makeRoom(this.#sizeWith(extra));
    this.#common = this.#count === 0 ? keyLength : this.#commonWith(key, keyLength);
    const at = this.#words.length - WORDS * ++this.#count;
    this.#words[at] = this.#length;
    this.#words[at + KEY_LENGTH] = keyLength;
    this.#words[at + RECORD_LENGTH] = end - start + 1;
    key.copy(this.#bytes, this.#length, 0, keyLength);
    record.copy(this.#bytes, this.#length + keyLength, start, end);
    this.#length += extra;
    this.#bytes[this.#length - 1] = NEWLINE;
  }

  /** Calls back for each entry in the order of the keys; entries with the same key in the order in which they were added. */
  visit(entry: (bytes: Buffer, keyStart: number, keyEnd: number, end: number) => void): void {
    const words = this.#words;
    for (const at of this.#sorted()) {
      const start = words[at]!;
      const keyEnd = start + words[at + KEY_LENGTH]!;
      entry(this.#bytes, start, keyEnd, keyEnd + words[at + RECORD_LENGTH]!);
    }
  }

  clear(): void {
    this.#count = 0;
    this.#length = 0;
  }

  #sizeWith(extra: number): number {
    return roundedUp(this.#length + extra) + (this.#count + 1) * ENTRY_BYTES;
  }

  /** One entry that is larger than all the memory gets as much as it needs; the next one does with less again. */
  #makeRoom(bytes: number): void {
    const wanted = Math.max(bytes, this.#maxBytes);
    if (wanted <= this.#bytes.length && this.#bytes.length <= 2 * this.#maxBytes) return;
    this.#bytes = allocated(wanted);
    this.#words = wordsOf(this.#bytes);
  }

  #commonWith(key: Buffer, keyLength: number): number {
    const most = Math.min(this.#common, keyLength);
    for (let at = 0; at < most; at++) if (key[at] !== this.#bytes[at]) return at;
    return most;
  }

  /** Where the words of each entry are, in order. A merge sort from the bottom up: stable, and nearly free where there is an order already. */
  #sorted(): Uint32Array {
    const count = this.#count;
    const words = this.#words;
    const gap = roundedUp(this.#length) / 4;
    let from = words.subarray(gap, gap + count);
    for (let at = 0; at < count; at++) {
      const entry = words.length - WORDS * (at + 1);
      from[at] = entry;
      const start = words[entry]! + this.#common;
      const end = words[entry]! + words[entry + KEY_LENGTH]!;
      words[entry + HIGH] = wordAt(this.#bytes, start, end);
      words[entry + LOW] = wordAt(this.#bytes, start + 4, end);
    }
    let to = words.subarray(gap + count, gap + 2 * count);
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
    const words = this.#words;
    if (words[left + HIGH] !== words[right + HIGH]) return words[left + HIGH]! < words[right + HIGH]! ? -1 : 1;
    if (words[left + LOW] !== words[right + LOW]) return words[left + LOW]! < words[right + LOW]! ? -1 : 1;
    const leftEnd = words[left]! + words[left + KEY_LENGTH]!;
    const rightEnd = words[right]! + words[right + KEY_LENGTH]!;
    const compared = this.#common + COMPARED_BYTES;
    return compareKeys(
      this.#bytes,
      Math.min(words[left]! + compared, leftEnd),
      leftEnd,
      this.#bytes,
      Math.min(words[right]! + compared, rightEnd),
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

function allocated(bytes: number): Buffer {
  return Buffer.allocUnsafeSlow(roundedUp(bytes));
}

function wordsOf(bytes: Buffer): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

/** To whole words. */
function roundedUp(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

/** The four bytes at `start` of a key that ends at `end` as a number that compares as they do; beyond the end there are zeros. */
function wordAt(bytes: Buffer, start: number, end: number): number {
  if (start + 4 <= end) return bytes.readUInt32BE(start);
  let word = 0;
  for (let at = start; at < start + 4; at++) word = word * 256 + (at < end ? bytes[at]! : 0);
  return word;
}

const NEWLINE = 10;
/** The words about an entry: where its key begins, the lengths of key and record, and eight bytes of the key after those in common. */
const WORDS = 5;
const KEY_LENGTH = 1;
const RECORD_LENGTH = 2;
const HIGH = 3;
const LOW = 4;
const COMPARED_BYTES = 8;
/** Of each entry: its words, and its place in two orders. */
const ENTRY_BYTES = 4 * (WORDS + 2);
/** Starts are 32 bit numbers. */
const MAX_BYTES = 2 ** 31;
