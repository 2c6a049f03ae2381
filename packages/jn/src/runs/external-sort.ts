import { compareKeys, EntryBuffer } from "./entry-buffer.ts";
import { HEAD_BYTES, type Run, RunCursor } from "./run-cursor.ts";
import { TemporaryFile } from "./temporary-file.ts";

/** Receives an entry: its key is `bytes[keyStart..keyEnd)`, its record, with a newline, `bytes[keyEnd..end)`. Valid during the call only. */
export type OnEntry = (bytes: Buffer, keyStart: number, keyEnd: number, end: number) => void;

/** Memory of what sorts, when nothing else is said: 256 MiB. */
export const SORT_BYTES: number = 256 * 1024 * 1024;

/**
 * Sorts records by keys that compare byte by byte, any number of them in bounded memory: what does not fit is written in sorted
 * runs to a temporary file, and merged (Knuth, The Art of Computer Programming 3, section 5.4). Stable.
 */
export class ExternalSort {
  readonly #entries: EntryBuffer;
  #file: TemporaryFile | undefined;
  #runs: Run[] = [];

  /** @param memoryBytes all that it takes, but for a record that is larger */
  constructor(memoryBytes: number) {
    this.#entries = new EntryBuffer(memoryBytes);
  }

  /** @throws WireError `IO` when the temporary file cannot be written */
  add(key: Buffer, keyLength: number, record: Buffer, start: number, end: number): void {
    if (this.#entries.isFull(keyLength, end - start)) this.#spill();
    this.#entries.add(key, keyLength, record, start, end);
  }

  /** Hands over all entries in order, and forgets them. */
  drain(onEntry: OnEntry): void {
    if (this.#file === undefined) {
      this.#entries.visit(onEntry);
      this.#entries.clear();
      return;
    }
    this.#spill();
    const fanIn = Math.max(2, Math.min(MAX_FAN_IN, Math.floor(this.#entries.memory.length / MIN_CURSOR_BYTES)));
    while (this.#runs.length > fanIn) this.#mergePass(fanIn);
    this.#merge(this.#runs, onEntry);
    this.#file.close();
    this.#file = undefined;
    this.#runs = [];
  }

  #spill(): void {
    this.#file ??= new TemporaryFile();
    const file = this.#file;
    this.#runs.push(writtenRun(file, (put) => this.#entries.visit(put)));
    this.#entries.clear();
  }

  /** Merges neighbours, so that the order of equal keys stays. */
  #mergePass(fanIn: number): void {
    const before = this.#file!;
    const file = new TemporaryFile();
    const merged: Run[] = [];
    for (let at = 0; at < this.#runs.length; at += fanIn) {
      merged.push(writtenRun(file, (put) => this.#merge(this.#runs.slice(at, at + fanIn), put)));
    }
    before.close();
    this.#file = file;
    this.#runs = merged;
  }

  #merge(runs: readonly Run[], onEntry: OnEntry): void {
    // The entries are in the file: their memory is free.
    const { memory } = this.#entries;
    const share = Math.min(MAX_CURSOR_BYTES, Math.floor(memory.length / runs.length));
    const cursors = runs.map((run, at) => new RunCursor(run, memory.subarray(at * share, (at + 1) * share)));
    const heap = cursors.map((cursor, order) => ({ cursor, order })).filter(({ cursor }) => cursor.next());
    for (let at = heap.length >> 1; at-- > 0;) sift(heap, at);
    while (heap.length > 0) {
      const { cursor } = heap[0]!;
      onEntry(cursor.bytes, cursor.keyStart, cursor.keyEnd, cursor.end);
      if (!cursor.next()) {
        const last = heap.pop()!;
        if (heap.length === 0) return;
        heap[0] = last;
      }
      sift(heap, 0);
    }
  }
}

interface HeapEntry {
  readonly cursor: RunCursor;
  readonly order: number;
}

/** Lets an entry sink to its place in a heap that is right but for it. */
function sift(heap: HeapEntry[], start: number): void {
  const entry = heap[start]!;
  let at = start;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
    if (!isBefore(heap[child]!, entry)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = entry;
}

function isBefore(left: HeapEntry, right: HeapEntry): boolean {
  const [a, b] = [left.cursor, right.cursor];
  const order = compareKeys(a.bytes, a.keyStart, a.keyEnd, b.bytes, b.keyStart, b.keyEnd);
  return order === 0 ? left.order < right.order : order < 0;
}

function writtenRun(file: TemporaryFile, visit: (put: OnEntry) => void): Run {
  const { sink } = file;
  const start = file.length;
  visit((bytes, keyStart, keyEnd, end) => {
    sink.reserve(HEAD_BYTES);
    sink.length = sink.bytes.writeUInt32LE(keyEnd - keyStart, sink.length);
    sink.length = sink.bytes.writeUInt32LE(end - keyEnd, sink.length);
    sink.append(bytes, keyStart, end);
    sink.commit();
  });
  sink.flush();
  return { file, start, end: file.length };
}

const MIN_CURSOR_BYTES = 64 * 1024;
const MAX_CURSOR_BYTES = 1024 * 1024;
const MAX_FAN_IN = 256;
