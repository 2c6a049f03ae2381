import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { sha256 } from "../sha256.ts";
import { ThreepioError } from "../threepio-error.ts";

/** Where the runs of a folder go that cannot be written: a folder of its own among the user's temporary ones. */
export function spareRoot(root: string): string {
  const path = resolve(root);
  return join(tmpdir(), `3pio-${userId() ?? "user"}`, `${basename(path) || "root"}-${sha256(path, 8)}`);
}

/**
 * Makes it, for nobody else to read or to have made before.
 *
 * @throws ThreepioError `USAGE` when it is somebody else's; an error of the system
 */
export function makeSpareRoot(root: string): string {
  const spare = spareRoot(root);
  const own = dirname(spare);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const status = lstatSync(own);
  if (!status.isDirectory() || (userId() !== undefined && status.uid !== userId())) {
    throw new ThreepioError("USAGE", `${own} belongs to somebody else; set TMPDIR to a folder of your own`);
  }
  mkdirSync(spare, { recursive: true });
  return spare;
}

/** Not by `userInfo()`, which wants an entry in the list of users: a container may run as anybody. undefined: the system has no such numbers. */
function userId(): number | undefined {
  return process.getuid?.();
}
