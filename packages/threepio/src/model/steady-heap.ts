import { setFlagsFromString } from "node:v8";
import type * as vm from "node:vm";
import { builtinModule } from "@jn/wire";

/**
 * Keeps the heap of a reader as small at the end of a long run as at its beginning.
 *
 * The engine moves what happens to be alive at a collection of the young generation to the old one, and lets that grow by tens of
 * megabytes before it looks there again. What a reader holds is a few megabytes, so that a full collection takes some
 * milliseconds: one every so many events cannot be measured.
 */
export class SteadyHeap {
  #passed = 0;
  #collect: (() => void) | undefined;

  constructor() {
    // Events live for a moment: a young generation that never grows keeps tens of megabytes back, at no cost in time.
    setFlagsFromString("--semi-space-growth-factor=1");
    // So small a one is collected faster by one thread: several take 10 % more of our time, and of the CPU (measured).
    setFlagsFromString("--no-parallel-scavenge");
  }

  /** To be called for everything that is read: so many events. */
  passed(count: number): void {
    this.#passed += count;
    if (this.#passed < INTERVAL) return;
    this.#passed = 0;
    this.#collect ??= collection();
    this.#collect();
  }
}

/** The engine offers its collection only to contexts that are made after the flag is set. */
function collection(): () => void {
  setFlagsFromString("--expose-gc");
  return (builtinModule("node:vm") as typeof vm).runInNewContext("gc") as () => void;
}

/** Events between two collections: some 8 MB that the index held, and has written. A run that has fewer is spared what this costs. */
const INTERVAL = 16_384;
