import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const CHUNK_BYTES = 64 * 1024;

/**
 * Whether a file has the content that has been written to a descriptor. Putting a new file in the place of an old one makes
 * some file systems write it to the disk at once, which is a waste for hundreds of reports that have not changed.
 */
export function hasSameContent(path: string, fd: number): boolean {
  let other: number | undefined;
  try {
    other = openSync(path, "r");
    const { size } = fstatSync(fd);
    if (fstatSync(other).size !== size) return false;
    const [left, right] = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)];
    for (let at = 0; at < size;) {
      const count = readSync(other, left, 0, CHUNK_BYTES, at);
      if (count === 0 || readSync(fd, right, 0, count, at) !== count) return false;
      if (left.compare(right, 0, count, 0, count) !== 0) return false;
      at += count;
    }
    return true;
  } catch {
    // There is none, or it cannot be read: then it has to be written.
    return false;
  } finally {
    if (other !== undefined) closeSync(other);
  }
}
