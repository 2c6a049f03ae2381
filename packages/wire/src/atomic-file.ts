import { closeSync, fsyncSync, openSync, realpathSync, renameSync, fchmodSync, statSync, unlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ioError, systemCode } from "./wire-error.ts";

/**
 * A file that appears complete or not at all: written beside its target, synced, then renamed over it.
 *
 * The target keeps its permissions, and a symbolic link keeps pointing where it did. Exactly one of `commit` and
 * `discard` ends it; `discard` may be called again at any time.
 */
export class AtomicFile {
  readonly path: string;
  readonly fd: number;
  readonly #temporary: string;
  #open = true;

  private constructor(path: string, temporary: string, fd: number) {
    this.path = path;
    this.#temporary = temporary;
    this.fd = fd;
  }

  /**
   * Creates the temporary file. The target is not touched.
   *
   * @throws WireError `IO`
   */
  static open(path: string): AtomicFile {
    try {
      const target = followLinks(path);
      const mode = modeOf(target);
      const { temporary, fd } = createBeside(target, mode ?? 0o666);
      if (mode !== undefined) fchmodSync(fd, mode);
      return new AtomicFile(target, temporary, fd);
    } catch (error) {
      throw ioError("create", path, error);
    }
  }

  /**
   * Makes the content durable and puts it in the target's place.
   *
   * @throws WireError `IO`; the target is then as it was, and the temporary file is gone
   */
  commit(): void {
    try {
      fsyncSync(this.fd);
      closeSync(this.fd);
      renameSync(this.#temporary, this.path);
      this.#open = false;
      syncFolder(dirname(this.path));
    } catch (error) {
      this.discard();
      throw ioError("finish", this.path, error);
    }
  }

  /** Removes the temporary file. Never throws. */
  discard(): void {
    if (!this.#open) return;
    this.#open = false;
    quietly(() => closeSync(this.fd));
    quietly(() => unlinkSync(this.#temporary));
  }
}

/** A new file in the target's folder, with a name that nobody has; hidden, and it says by itself what it is. */
function createBeside(target: string, mode: number): { readonly temporary: string; readonly fd: number } {
  for (let attempt = 0; ; attempt++) {
    const name = `.${basename(target).slice(0, 200)}.${process.pid}-${Date.now().toString(36)}-${attempt}.tmp`;
    const temporary = join(dirname(target), name);
    try {
      return { temporary, fd: openSync(temporary, "wx", mode) };
    } catch (error) {
      if (systemCode(error) !== "EEXIST") throw error;
    }
  }
}

function followLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return path;
    throw error;
  }
}

function modeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mode;
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
