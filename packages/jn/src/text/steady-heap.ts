import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * For what makes values for a moment, and much of them: keeps the heap as small at the end of a long input as at its beginning. A young
 * generation that never grows keeps 40 MB back. What it hands to the old one, because it happened to be in use, the engine collects when
 * that has grown by much; here a full collection, which takes some milliseconds, is due after a few megabytes of it.
 *
 * @returns to be called for all input, with the bytes of each piece
 */
export function steadyHeap(): (bytes: number) => void {
  setFlagsFromString("--semi-space-growth-factor=1");
  let since = 0;
  let floor = 0;
  return (bytes) => {
    since += bytes;
    if (since < LOOK_BYTES) return;
    since = 0;
    if (floor > 0 && getHeapStatistics().used_heap_size > floor + GROWTH_BYTES) {
      collect ??= collection();
      collect();
      floor = 0;
    }
    // What is held for long, as a document that is read as a whole, costs collections in proportion to it.
    if (floor === 0) floor = 1.5 * getHeapStatistics().used_heap_size;
  };
}

/** The engine offers its collection only to contexts that are made after the flag is set. */
function collection(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

const LOOK_BYTES = 512 * 1024;
const GROWTH_BYTES = 4 * 1024 * 1024;
let collect: (() => void) | undefined;
