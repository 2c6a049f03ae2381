import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * For what makes values for a moment, and much of them: keeps the heap as small at the end of a long input as at its beginning. A young
 * generation that never grows keeps 40 MB back, and a full collection of a small heap now and then, which takes some milliseconds,
 * what the young generation hands to the old one (measured: 9 MB from 10 MB of HTML to a gigabyte, 1 MB with it).
 *
 * @returns to be called for all input, with the bytes of each piece
 */
export function steadyHeap(): (bytes: number) => void {
  setFlagsFromString("--semi-space-growth-factor=1");
  let since = 0;
  return (bytes) => {
    since += bytes;
    if (since < COLLECTION_BYTES) return;
    since = 0;
    collect ??= collection();
    collect();
  };
}

/** The engine offers its collection only to contexts that are made after the flag is set. */
function collection(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

const COLLECTION_BYTES = 16 * 1024 * 1024;
let collect: (() => void) | undefined;
