import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { ioError } from "@jn/wire";
import { oneLine } from "./markdown.ts";
import { OUTPUT_LOG } from "./output-log.ts";

const LINES = 10;
const BYTES = 4096;

/**
 * The last lines that a command printed, for a run that has no verdict to show: why it has none usually stands there.
 *
 * @throws WireError `IO`
 */
export function lastOutput(folder: string): readonly string[] {
  const path = join(folder, OUTPUT_LOG);
  try {
    const fd = openSync(path, "r");
    try {
      const { size } = fstatSync(fd);
      const bytes = Buffer.alloc(Math.min(size, BYTES));
      const read = readSync(fd, bytes, 0, bytes.length, size - bytes.length);
      const lines = bytes.toString("utf8", 0, read).trimEnd().split("\n");
      // The first one may have lost its beginning.
      const whole = size > BYTES && lines.length > 1 ? lines.slice(1) : lines;
      return whole
        .slice(-LINES)
        .map((line) => oneLine(line.trimEnd()))
        .filter((line) => line !== "");
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw ioError("read", path, error);
  }
}
