import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Keeps the heap of a stage that makes values for a moment as small at the end of a long input as at its beginning.
 *
 * The engine moves what happens to be alive at a collection of the young generation to the old one, and lets that grow by
 * many megabytes before it looks there again. A full collection of a heap of a few megabytes takes 3 ms, so one every
 * 32 MiB of input cannot be measured, and the old generation stays what it is (13 MB of growth became 1).
 */
export class HeapBound {
  #bytes = 0;
  #collect: (() => void) | undefined;

  /** Records live for a moment: a young generation that never grows keeps 40 MB back, at no cost in time (measured). */
  constructor() {
    setFlagsFromString("--semi-space-growth-factor=1");
  }

  /** To be called for all input, in pieces of any size, when nothing is kept of the records in it. */
  passed(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < COLLECTION_BYTES) return;
    this.#bytes = 0;
    this.#collect ??= garbageCollection();
    this.#collect();
  }
}

/** The engine offers its collection only to contexts that are made after the flag is set. */
function garbageCollection(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

const COLLECTION_BYTES = 32 * 1024 * 1024;
