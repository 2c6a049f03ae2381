import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { descriptorSink, ioError } from "@jn/wire";
import { compareEntries, type Entry, entryLine, entryOfLine } from "./entry.ts";
import { EntryTable } from "./entry-table.ts";
import { putText } from "../put-text.ts";
import type { SteadyHeap } from "./steady-heap.ts";
import { textLines } from "./text-lines.ts";

export interface IndexOptions {
  /** Entries held in memory; default 4,096. */
  readonly maxEntries?: number | undefined;
  /** Characters of keys held in memory; default 1 Mi. */
  readonly maxKeyLength?: number | undefined;
}

/**
 * Entries in order, as many as the disk holds: an external merge sort. Entries come in any order; when there are too many for
 * memory, they are sorted and written to a file of their own. When there are many files of a kind, they are merged to one of
 * the next kind, so that no entry is written more often than there are kinds. Reading merges all files and what is in memory.
 */
export class SortedIndex {
  readonly #folder: string;
  readonly #heap: SteadyHeap;
  readonly #table: EntryTable;
  readonly #maxEntries: number;
  readonly #maxKeyLength: number;
  /** Files by kind: of what was in memory, of such files merged, of those merged, and so on. */
  readonly #files: string[][] = [];
  #keyLength = 0;
  #names = 0;

  /** @param folder where the files go; made when needed, the caller removes it */
  constructor(folder: string, heap: SteadyHeap, options: IndexOptions = {}) {
    this.#folder = folder;
    this.#heap = heap;
    this.#maxEntries = options.maxEntries ?? 4096;
    this.#table = new EntryTable(this.#maxEntries);
    this.#maxKeyLength = options.maxKeyLength ?? 1024 * 1024;
  }

  /** @throws WireError `IO` */
  add(entry: Entry): void {
    this.#table.add(entry);
    this.#keyLength += entry.key.length;
    if (this.#table.size >= this.#maxEntries || this.#keyLength >= this.#maxKeyLength) this.#spill();
  }

  /** All entries so far, in order, and `extra` among them. Entries may not be added meanwhile. */
  *entries(extra: readonly Entry[] = []): Generator<Entry, void, undefined> {
    const sorted = [this.#table.sorted(), extra.toSorted(compareEntries).values()];
    const open = this.#files.flat().map((path) => new FileEntries(path));
    try {
      yield* this.#merged([...open.map((file) => file.entries()), ...sorted]);
    } finally {
      for (const file of open) file.close();
    }
  }

  /** @throws WireError `IO` */
  makeFolder(): void {
    try {
      mkdirSync(this.#folder, { recursive: true });
    } catch (error) {
      throw ioError("create", this.#folder, error);
    }
  }

  #spill(): void {
    const path = this.#written(this.#table.sorted());
    this.#table.clear();
    this.#keyLength = 0;
    this.#keep(path, 0);
  }

  #keep(path: string, kind: number): void {
    const files = (this.#files[kind] ??= []);
    files.push(path);
    if (files.length < MAX_FILES) return;
    // Reading needs a bounded number of descriptors and buffers.
    const open = files.map((file) => new FileEntries(file));
    let whole: string;
    try {
      whole = this.#written(this.#merged(open.map((file) => file.entries())));
    } finally {
      for (const file of open) file.close();
    }
    for (const file of files.splice(0)) rmSync(file);
    this.#keep(whole, kind + 1);
  }

  #written(entries: Iterable<Entry>): string {
    const path = join(this.#folder, `${this.#names++}.index`);
    try {
      mkdirSync(this.#folder, { recursive: true });
      const fd = openSync(path, "w");
      const sink = descriptorSink(fd, path);
      let text = "";
      for (const entry of entries) {
        text += `${entryLine(entry)}\n`;
        if (text.length < TEXT_LENGTH) continue;
        putText(sink, text);
        text = "";
      }
      putText(sink, text);
      sink.flush();
      closeSync(fd);
      return path;
    } catch (error) {
      throw ioError("write", path, error);
    }
  }

  /** Merges sorted sequences by a binary heap of their next entries. */
  *#merged(sequences: readonly Iterator<Entry, void>[]): Generator<Entry, void, undefined> {
    const heap: { entry: Entry; readonly rest: Iterator<Entry, void> }[] = [];
    for (const rest of sequences) {
      const next = rest.next();
      if (next.done !== true) heap.push({ entry: next.value, rest });
    }
    const sink = (start: number): void => {
      for (let at = start; ;) {
        const left = 2 * at + 1;
        if (left >= heap.length) return;
        const right = left + 1;
        const isRight = right < heap.length && compareEntries(heap[right]!.entry, heap[left]!.entry) < 0;
        const child = isRight ? right : left;
        if (compareEntries(heap[at]!.entry, heap[child]!.entry) <= 0) return;
        [heap[at], heap[child]] = [heap[child]!, heap[at]!];
        at = child;
      }
    };
    for (let at = heap.length >> 1; at >= 0; at--) sink(at);
    while (heap.length > 0) {
      this.#heap.passed(MERGED);
      const first = heap[0]!;
      yield first.entry;
      const next = first.rest.next();
      if (next.done === true) {
        const last = heap.pop()!;
        if (heap.length > 0) heap[0] = last;
      } else first.entry = next.value;
      sink(0);
    }
  }
}

class FileEntries {
  readonly #path: string;
  readonly #fd: number;

  constructor(path: string) {
    this.#path = path;
    this.#fd = openSync(path, "r");
  }

  *entries(): Generator<Entry, void, undefined> {
    for (const line of textLines(this.#fd, this.#path)) yield entryOfLine(line);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** How much of the heap an entry takes that is read again, of what an event takes. */
const MERGED = 1 / 4;
/** Characters that are written at a time. */
const TEXT_LENGTH = 16 * 1024;
/** Of one kind. */
const MAX_FILES = 32;
