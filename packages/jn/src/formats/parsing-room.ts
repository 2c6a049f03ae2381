import { getHeapStatistics } from "node:v8";
import { JnError } from "../jn-error.ts";

/**
 * Refuses what would not fit into the memory, before it is made: the engine dies where that ends.
 *
 * @param needed bytes of the heap, as far as they can be known before
 * @throws JnError `BAD_DATA`
 */
export function requireRoom(source: string, needed: number): void {
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
  if (needed <= limit - used) return;
  const mebibytes = (bytes: number): number => Math.ceil(bytes / 1024 / 1024);
  throw new JnError(
    "BAD_DATA",
    `${source}: what is to be read as a whole takes about ${mebibytes(needed)} MiB of memory; there are ${mebibytes(limit - used)}: make it smaller pieces, or allow more with NODE_OPTIONS=--max-old-space-size=${mebibytes(used + needed)}`,
  );
}

/**
 * The same for text that is parsed as a whole.
 *
 * @param bytesPerMark what is made of the text between two of its marks, as measured: `,`, `:`, brackets, line ends
 * @throws JnError `BAD_DATA`
 */
export function requireRoomToParse(source: string, text: string, bytesPerMark: number): void {
  if (text.length < SMALL) return;
  let marks = 0;
  for (let at = 0; at < text.length; at++) if (MARKS[text.charCodeAt(at)] === 1) marks++;
  requireRoom(source, text.length + marks * bytesPerMark);
}

const SMALL = 1024 * 1024;
/** Characters that stand at the borders of values; those past ASCII are none. */
const MARKS: Uint8Array = new Uint8Array(128);
for (const character of ",:=[]{}\n\r") MARKS[character.charCodeAt(0)] = 1;
