import { copyFileSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { ioError } from "@jn/wire";
import { EVENTS_FOLDER } from "../journal/journal.ts";

/** The clock of a file system is a few milliseconds behind. */
const SLACK_MS = 50;

/**
 * Copies the JUnit XML files that the command has written into the run's journal, and returns how many there were.
 *
 * @param path a file, or a folder whose `.xml` files are taken, also those in folders below
 * @param startMs when the command started: older files are from an earlier run
 * @throws WireError `IO`
 */
export function keepJunitFiles(runFolder: string, cwd: string, path: string, startMs: number): number {
  const whole = resolve(cwd, path);
  try {
    const found = statSync(whole, { throwIfNoEntry: false });
    if (found === undefined) return 0;
    const paths = found.isDirectory()
      ? readdirSync(whole, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".xml"))
      : [""];
    const fresh = paths
      .map((name) => join(whole, name))
      .filter((file) => statSync(file).mtimeMs >= startMs - SLACK_MS)
      .toSorted();
    for (const [index, file] of fresh.entries()) {
      copyFileSync(file, join(runFolder, EVENTS_FOLDER, `junit-${String(index + 1).padStart(5, "0")}.xml`));
    }
    return fresh.length;
  } catch (error) {
    throw ioError("read", whole, error);
  }
}
