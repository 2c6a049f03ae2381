import { closeSync, constants, mkdtempSync, openSync, readSync, rmdirSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ByteSink, ioError, READ_BYTES, systemCode, writeDescriptor } from "@jn/wire";

/** A private file without a name: whatever ends the program, nothing is left behind. In `TMPDIR`. */
export class TemporaryFile {
  readonly #fd: number = openNameless();
  readonly sink: ByteSink = new ByteSink((bytes, start, end) =>
    writeDescriptor(this.#fd, `the temporary file in ${tmpdir()}`, bytes, start, end),
  );

  /** How much was written. */
  get length(): number {
    return this.sink.drained + this.sink.length;
  }

  /** Reads up to `length` bytes from `position`, which must have been flushed. */
  read(bytes: Buffer, offset: number, length: number, position: number): number {
    try {
      return readSync(this.#fd, bytes, offset, length, position);
    } catch (error) {
      throw ioError("read", "the temporary file", error);
    }
  }

  /** Everything that was written. */
  async *chunks(): AsyncGenerator<Buffer, void, undefined> {
    this.sink.flush();
    for (let position = 0; position < this.length;) {
      const chunk = Buffer.allocUnsafe(READ_BYTES);
      const count = this.read(chunk, 0, chunk.length, position);
      if (count === 0) return;
      yield chunk.subarray(0, count);
      position += count;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Without a name from the beginning, where there is that (Linux, most file systems); else its name is gone a moment later. */
function openNameless(): number {
  try {
    return openSync(tmpdir(), O_TMPFILE | constants.O_RDWR | constants.O_EXCL, 0o600);
  } catch (error) {
    if (!HAS_NO_NAMELESS.has(systemCode(error) ?? "")) throw ioError("create a temporary file in", tmpdir(), error);
  }
  return openUnlinked();
}

function openUnlinked(): number {
  try {
    const folder = mkdtempSync(join(tmpdir(), "jn-"));
    const path = join(folder, "runs");
    try {
      const fd = openSync(path, "wx+", 0o600);
      unlinkSync(path);
      return fd;
    } finally {
      rmdirSync(folder);
    }
  } catch (error) {
    throw ioError("create a temporary file in", tmpdir(), error);
  }
}

/** open(2) of Linux, which Node has no name for. Elsewhere the number means nothing, and a folder cannot be written to. */
const O_TMPFILE = process.platform === "linux" ? 0o20000000 | constants.O_DIRECTORY : 0;
/** What kernels and file systems say that do not know it. */
const HAS_NO_NAMELESS: ReadonlySet<string> = new Set(["EISDIR", "EOPNOTSUPP", "ENOTSUP", "EINVAL", "ENOENT"]);
