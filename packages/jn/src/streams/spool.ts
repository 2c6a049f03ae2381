import { closeSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ioError, writeDescriptor } from "@jn/wire";
import { collectGarbage } from "../heap/engine.ts";
import type { Bytes } from "../plugins/plugin.ts";

/** Bytes in a file, for who needs to jump in them, or to read them twice. */
export interface Spool {
  readonly path: string;
  /** Removes the file, if it is ours. */
  remove(): void;
}

/** The bytes in a file: the one they come from, or a temporary one. @throws WireError `IO` */
export async function spooled(input: Bytes): Promise<Spool> {
  if (input.path !== undefined) return { path: input.path, remove: () => undefined };
  const spool = newSpool("input");
  try {
    const fd = openSync(spool.path, "wx", 0o600);
    try {
      for await (const chunk of input) writeDescriptor(fd, "the temporary file", chunk, 0, chunk.length);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    spool.remove();
    throw error;
  }
  return spool;
}

/** A name for a temporary file, in a folder of its own. @throws WireError `IO` */
export function newSpool(name: string): Spool {
  let folder: string;
  try {
    folder = mkdtempSync(join(tmpdir(), "jn-"));
  } catch (error) {
    throw ioError("create a temporary file in", tmpdir(), error);
  }
  return { path: join(folder, name), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The bytes of the file, in chunks that may be kept. */
export async function* bytesOf({ path }: Spool): AsyncGenerator<Buffer, void, undefined> {
  const fd = openSync(path, "r");
  try {
    for (let since = 0; ;) {
      const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      const length = readSync(fd, chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
      since += length;
      if (since < BYTES_BETWEEN_COLLECTIONS) continue;
      // The engine lets go of tens of megabytes outside of its heap late: a small heap gives it no reason to look.
      collectGarbage();
      since = 0;
    }
  } finally {
    closeSync(fd);
  }
}

const CHUNK_BYTES = 64 * 1024;
const BYTES_BETWEEN_COLLECTIONS = 4 * 1024 * 1024;
