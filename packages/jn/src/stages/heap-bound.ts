import { contexts, engine } from "../filter/engine.ts";

/**
 * Keeps the heap of a stage that makes values for a moment as small at the end of a long input as at its beginning.
 *
 * The engine moves what happens to be alive at a collection of the young generation to the old one, and lets that grow by
 * many megabytes before it looks there again. A full collection of a heap of a few megabytes takes 3 ms, so one every
 * 32 MiB of input cannot be measured, and the old generation stays what it is (13 MB of growth became 1). Where much is
 * alive a collection takes longer, and the next one waits for as much more input.
 */
export class HeapBound {
  #bytes = 0;
  #next = PREPARATION_BYTES;
  #collect: (() => void) | undefined;

  /** To be called for all input, in pieces of any size. */
  passed(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < this.#next) return;
    this.#bytes = 0;
    this.#next = COLLECTION_BYTES;
    if (this.#collect === undefined) this.#collect = prepared();
    else {
      this.#collect();
      this.#next = Math.max(COLLECTION_BYTES, INPUT_PER_HEAP * engine().getHeapStatistics().used_heap_size);
    }
  }
}

/**
 * Settings that an input which is soon at its end is spared: records live for a moment, and a young generation that never
 * grows keeps 40 MB back, at no cost in time (measured). The engine offers its collection only to contexts that are made
 * after the flag is set.
 */
function prepared(): () => void {
  engine().setFlagsFromString("--semi-space-growth-factor=1");
  engine().setFlagsFromString("--expose-gc");
  return contexts().runInNewContext("gc") as () => void;
}

const PREPARATION_BYTES = 1024 * 1024;
const COLLECTION_BYTES = 32 * 1024 * 1024;
/** How much input passes between two collections, as a multiple of the heap. */
const INPUT_PER_HEAP = 4;
