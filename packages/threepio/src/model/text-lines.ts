import { LineSplitter, readDescriptor } from "@jn/wire";
import { decoded } from "../decoded.ts";

/**
 * The lines of a file of ours, without their newlines. They are cut when they are wanted: as many files are read at a time as are
 * merged, and lines that wait would fill the heap.
 *
 * @throws WireError `IO`
 */
export function* textLines(fd: number, path: string): Generator<string, void, undefined> {
  const texts: string[] = [];
  const splitter = new LineSplitter((bytes, start, end) => texts.push(decoded(bytes, start, end)));
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (;;) {
    const count = readDescriptor(fd, path, chunk, 0, CHUNK_BYTES);
    if (count === 0) return;
    splitter.push(chunk.subarray(0, count));
    for (const text of texts.splice(0)) {
      for (let at = 0; at < text.length;) {
        const end = text.indexOf("\n", at);
        yield text.slice(at, end);
        at = end + 1;
      }
    }
  }
}

const CHUNK_BYTES = 8 * 1024;
