import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileOwner, isOwnerGone } from "./file-owner.ts";
import { ioError, systemCode } from "./wire-error.ts";

/**
 * A file that appears complete or not at all: written beside its target, synced, then renamed over it.
 *
 * The target keeps its permissions, and a symbolic link keeps pointing where it did. A device or FIFO is written as it is: nothing may be put
 * in its place. Exactly one of `commit` and `discard` ends it; `discard` may be called again at any time. What a process that was killed has left is removed by the next one that
 * opens a file in the same folder.
 */
export class AtomicFile {
  readonly path: string;
  readonly fd: number;
  /** undefined: what is written is the target itself. */
  readonly #temporary: string | undefined;
  #isDescriptorOpen = true;
  #isTemporaryThere: boolean;

  private constructor(path: string, temporary: string | undefined, fd: number) {
    this.path = path;
    this.#temporary = temporary;
    this.#isTemporaryThere = temporary !== undefined;
    this.fd = fd;
  }

  /**
   * Creates the temporary file. The target is not touched, unless it is a device or FIFO, which is opened: a FIFO as soon as somebody
   * reads it.
   *
   * @throws WireError `IO`
   */
  static open(path: string): AtomicFile {
    try {
      const existing = statSync(path, { throwIfNoEntry: false });
      if (existing?.isDirectory() === true) throw Object.assign(new Error("it is a directory"), { code: "EISDIR" });
      if (existing?.isFile() === false) return new AtomicFile(path, undefined, openSync(path, "w"));
      const target = followLinks(path);
      const { temporary, fd } = createBeside(target, existing?.mode ?? 0o666);
      if (existing !== undefined) {
        quietly(() => fchownSync(fd, existing.uid, existing.gid));
        quietly(() => fchmodSync(fd, existing.mode));
      }
      return new AtomicFile(target, temporary, fd);
    } catch (error) {
      throw ioError("create", path, error);
    }
  }

  /**
   * Makes the content durable and puts it in the target's place.
   *
   * @param options `isDurable: false` leaves out the sync, for what can be made again: after a power cut the target may
   *   then be empty
   * @throws WireError `IO`; the target is then as it was, and the temporary file is gone
   */
  commit(options: { readonly isDurable?: boolean | undefined } = {}): void {
    const isDurable = this.#temporary !== undefined && options.isDurable !== false;
    try {
      if (isDurable) fsyncSync(this.fd);
      this.#isDescriptorOpen = false;
      closeSync(this.fd);
      if (this.#temporary === undefined) return;
      renameSync(this.#temporary, this.path);
      this.#isTemporaryThere = false;
      if (isDurable) syncFolder(dirname(this.path));
    } catch (error) {
      this.discard();
      throw ioError("finish", this.path, error);
    }
  }

  /** Removes the temporary file. Never throws. */
  discard(): void {
    if (this.#isDescriptorOpen) quietly(() => closeSync(this.fd));
    this.#isDescriptorOpen = false;
    if (this.#isTemporaryThere) quietly(() => unlinkSync(this.#temporary!));
    this.#isTemporaryThere = false;
  }
}

/** A new file in the target's folder, with a name that nobody has; hidden, and it says by itself what it is, and whose. */
function createBeside(target: string, mode: number): { readonly temporary: string; readonly fd: number } {
  const folder = dirname(target);
  removeAbandoned(folder);
  for (;;) {
    const temporary = join(folder, `.${beginningOf(basename(target))}.${fileOwner()}-${created++}.tmp`);
    try {
      return { temporary, fd: openSync(temporary, "wx+", mode) };
    } catch (error) {
      if (systemCode(error) !== "EEXIST") throw error;
    }
  }
}

/** Removes temporary files whose processes are gone; once for each folder, as to list it takes a microsecond a file. */
function removeAbandoned(folder: string): void {
  if (tidied.has(folder)) return;
  tidied.add(folder);
  quietly(() => {
    for (const name of readdirSync(folder)) {
      const owner = TEMPORARY.exec(name)?.[1];
      if (owner !== undefined && isOwnerGone(owner)) quietly(() => unlinkSync(join(folder, name)));
    }
  });
}

/** As much of a name as leaves room for what comes after it: names have up to 255 bytes. */
function beginningOf(name: string): string {
  return Buffer.from(name).subarray(0, 120).toString();
}

/** The file that the path means, also through a link to a file that does not exist yet. */
function followLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink ? followLinks(resolve(dirname(path), readlinkSync(path))) : path;
}

/** A rename is durable only once its folder is synced; some file systems refuse, and then there is no more to do. */
function syncFolder(path: string): void {
  quietly(() => {
    const fd = openSync(path, "r");
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  });
}

function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // The caller is already cleaning up; the first error is the one worth reporting.
  }
}

const TEMPORARY = /^\..*\.([0-9a-z-]+)-\d+\.tmp$/;
const tidied = new Set<string>();
let created = 0;
