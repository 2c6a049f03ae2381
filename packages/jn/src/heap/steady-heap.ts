import { collectGarbage, heapSize, keepYoungGenerationSmall } from "./engine.ts";

/**
 * For what makes values for a moment, and much of them: keeps the heap as small at the end of a long input as at its beginning. A young
 * generation that never grows keeps 40 MB back. What it hands to the old one, because it happened to be in use, the engine collects when
 * that has grown by much; here a full collection, which takes some milliseconds, is due after a few megabytes of it.
 *
 * @returns to be called for all input, with the bytes of each piece
 */
export function steadyHeap(): (bytes: number) => void {
  keepYoungGenerationSmall();
  let since = 0;
  let floor = 0;
  return (bytes) => {
    since += bytes;
    if (since < LOOK_BYTES) return;
    since = 0;
    if (floor > 0 && heapSize() > floor + GROWTH_BYTES) {
      collectGarbage();
      floor = 0;
    }
    if (floor > 0) return;
    // What is held for long, as a document that is read as a whole, costs collections in proportion to it.
    const used = heapSize();
    floor = used + Math.max(0, used - SMALL_BYTES) / 2;
  };
}

const LOOK_BYTES = 512 * 1024;
/** A heap of this size is collected in 44 ms at most, where all of it are small objects that are alive (Node 20). */
const SMALL_BYTES = 32 * 1024 * 1024;
const GROWTH_BYTES = 4 * 1024 * 1024;
