import {
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ioError, systemCode } from "@jn/wire";
import { EVENTS_FOLDER } from "../journal/journal.ts";
import { ThreepioError } from "../threepio-error.ts";
import { spareRoot } from "./spare-root.ts";

/** Where everything of one run is. */
export interface RunFolder {
  readonly id: string;
  /** Absolute. */
  readonly path: string;
}

/** Folder of all runs, in the working directory. */
const RUNS = ".3pio/runs";

/**
 * Makes the folder of a new run, and points `latest` to it.
 *
 * @param root the folder that `.3pio` is made in
 * @throws WireError `IO`
 */
export function createRunFolder(root: string, now: Date): RunFolder {
  const runs = resolve(root, RUNS);
  try {
    mkdirSync(root, { recursive: true });
    makeOwnFolder(dirname(runs));
    for (;;) {
      // Sorts by time, and can be typed.
      const id = `${now.toISOString().slice(0, 19).replace(/[-:]/g, "")}-${mark()}`;
      const path = join(runs, id);
      if (mkdirSync(join(path, EVENTS_FOLDER), { recursive: true }) !== undefined) {
        writeFileSync(join(root, ".3pio/.gitignore"), "*\n");
        pointLatest(runs, id);
        return { id, path };
      }
    }
  } catch (error) {
    throw ioError("create", runs, error);
  }
}

/** Four hexadecimal digits, for runs that begin in the same second. */
function mark(): string {
  return Math.floor(Math.random() * 0x1_00_00)
    .toString(16)
    .padStart(4, "0");
}

/** Not recursive: that says of a read-only file system that there is no such file. */
function makeOwnFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
}

/** Removes a run that never began; the newest of the others is `latest` again. @throws WireError `IO` */
export function discardRunFolder({ path }: RunFolder): void {
  const runs = dirname(path);
  try {
    rmSync(path, { recursive: true, force: true });
    const newest = runIds(runs).toSorted().at(-1);
    if (newest === undefined) rmSync(join(runs, "latest"), { force: true });
    else pointLatest(runs, newest);
  } catch (error) {
    throw ioError("remove", path, error);
  }
}

/**
 * Finds a run by its id, the beginning of it, a path, or `latest`.
 *
 * @throws ThreepioError `USAGE` when there is none, or several
 */
export function findRunFolder(root: string, name: string): RunFolder {
  const runs = runsOf(root);
  if (name.includes("/")) return existing(resolve(root, name));
  if (runIds(runs).length === 0) {
    throw new ThreepioError("USAGE", `there are no runs in ${runs} yet; for example: 3pio pytest`);
  }
  if (name === "latest") return existing(join(runs, linkOf(join(runs, "latest")) ?? "latest"));
  const matching = runIds(runs).filter((id) => id.startsWith(name));
  const exact = matching.includes(name) ? name : matching[0];
  if (exact === undefined) throw new ThreepioError("USAGE", `there is no run '${name}' in ${runs}`);
  if (exact !== name && matching.length > 1) {
    throw new ThreepioError("USAGE", `'${name}' is the beginning of ${matching.length} runs: ${matching.join(", ")}`);
  }
  return existing(join(runs, exact));
}

/** Whether a name means a run, or could only mean a test. */
export function isRunName(root: string, name: string): boolean {
  if (name === "latest") return true;
  if (name.includes("/")) return existsSync(join(resolve(root, name), EVENTS_FOLDER));
  return runIds(runsOf(root)).some((id) => id.startsWith(name));
}

/** All runs, the oldest first. @throws WireError `IO` */
export function runFolders(root: string): readonly RunFolder[] {
  const runs = runsOf(root);
  return runIds(runs)
    .toSorted()
    .map((id) => ({ id, path: join(runs, id) }))
    .filter(({ path }) => existsSync(join(path, EVENTS_FOLDER)));
}

/** Those in the folder itself, or, where it has none, those that went to its spare folder. */
function runsOf(root: string): string {
  const runs = resolve(root, RUNS);
  if (runIds(runs).length > 0) return runs;
  const spare = resolve(spareRoot(root), RUNS);
  return existsSync(spare) ? spare : runs;
}

function existing(path: string): RunFolder {
  try {
    readdirSync(join(path, EVENTS_FOLDER));
  } catch (error) {
    throw new ThreepioError("USAGE", `${path} is not the folder of a run: it has no ${EVENTS_FOLDER}`, {
      cause: error,
    });
  }
  return { id: path.slice(path.lastIndexOf("/") + 1), path };
}

function runIds(runs: string): string[] {
  try {
    return readdirSync(runs).filter((name) => name !== "latest" && !name.startsWith("."));
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return [];
    throw ioError("read", runs, error);
  }
}

/** A link is made beside and renamed, so that there is no moment without one. */
function pointLatest(runs: string, id: string): void {
  const temporary = join(runs, `.latest-${id}`);
  try {
    symlinkSync(id, temporary);
    renameSync(temporary, join(runs, "latest"));
  } catch {
    // A file system without links; runs are found by their names all the same.
    rmSync(temporary, { force: true });
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
