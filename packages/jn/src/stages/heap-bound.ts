import { collectGarbage, heapSize, isHeapFull, keepYoungGenerationSmall } from "../heap/engine.ts";
import { JnError } from "../jn-error.ts";

/**
 * Keeps the heap of a stage that makes values for a moment as small at the end of a long input as at its beginning, and
 * stops one that keeps them before there is no room left.
 *
 * The engine moves what happens to be alive at a collection of the young generation to the old one, and lets that grow by
 * many megabytes before it looks there again. A full collection of a heap of a few megabytes takes 3 ms, so one every
 * 32 MiB of input cannot be measured, and the old generation stays what it is (13 MB of growth became 1). Where much is
 * alive a collection takes longer, and the next one waits for as much more input.
 */
export class HeapBound {
  #looked = 0;
  #collected = 0;
  #interval = COLLECTION_BYTES;
  #isPrepared = false;
  readonly #advice: string;

  /** @param advice what to do about a heap that is full */
  constructor(advice: string) {
    this.#advice = advice;
  }

  /**
   * To be called for all input, in pieces of any size.
   *
   * @throws JnError `BAD_DATA` when the heap is full
   */
  passed(bytes: number): void {
    this.#looked += bytes;
    if (this.#looked < LOOK_BYTES) return;
    this.#collected += this.#looked;
    this.#looked = 0;
    if (!this.#isPrepared) keepYoungGenerationSmall();
    this.#isPrepared = true;
    if (this.#collected >= this.#interval) {
      collectGarbage();
      this.#collected = 0;
      this.#interval = Math.max(COLLECTION_BYTES, INPUT_PER_HEAP * heapSize());
    }
    if (isHeapFull()) {
      throw new JnError(
        "BAD_DATA",
        `what is held of the records fills the memory; ${this.#advice}, or give it more: NODE_OPTIONS=--max-old-space-size=MIB`,
      );
    }
  }
}

export const FILTER_ADVICE = "let the filter take them one by one (--explain tells)";
export const MEMORY_ADVICE = "let it hold less (--memory)";

/** An input that ends before this is spared what all this costs. */
const LOOK_BYTES = 256 * 1024;
const COLLECTION_BYTES = 32 * 1024 * 1024;
/** How much input passes between two collections, as a multiple of the heap. */
const INPUT_PER_HEAP = 4;
