import { closeSync, fstatSync, openSync, readdirSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import type { Transfer } from "../../src/streams/stream-backend.ts";
import { type KernelPipe, makePipes } from "../../src/wiring/kernel-pipe.ts";

/** The descriptors that this process holds. */
export function openDescriptors(): readonly string[] {
  // The one that lists the folder is in the list, too, and is closed by now.
  return readdirSync("/proc/self/fd").filter((fd) => isOpen(Number(fd)));
}

export function isOpen(fd: number): boolean {
  try {
    fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}

/** One pipe; the caller closes both ends, or hands them over. */
export async function rawPipe(): Promise<KernelPipe> {
  const [pipe] = await makePipes(1, undefined);
  if (pipe === undefined) throw new RangeError("no pipe was made");
  return pipe;
}

/** Everything that comes out of a descriptor, which it closes at the end. */
export async function readAll(fd: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of new Socket({ fd, readable: true, writable: false })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Writes chunks at the reader's pace, then closes; EPIPE ends it quietly. Settles with the bytes that were taken. */
export async function writeAll(fd: number, chunks: Iterable<Uint8Array>): Promise<number> {
  const socket = new Socket({ fd, readable: false, writable: true });
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  let taken = 0;
  for (const chunk of chunks) {
    const error = await new Promise((resolve) => socket.write(chunk, resolve));
    if (error !== undefined && error !== null) break;
    taken += chunk.length;
  }
  socket.end(() => socket.destroy());
  await closed;
  return taken;
}

/** Writes each chunk when the transfer has handed on those before, so that it sees exactly these cuts; then closes. */
export async function deliver(fd: number, chunks: Iterable<Uint8Array>, transfer: Transfer): Promise<void> {
  let sent = 0;
  for (const chunk of chunks) {
    writeSync(fd, chunk);
    sent += chunk.length;
    await until(() => transfer.bytes() === sent, `${sent} bytes are handed on`);
  }
  closeSync(fd);
}

/** Waits until something is so; a test that waits in vain says for what. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 20_000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Lets everything that is ready happen: timers, reads, closes. */
export async function turns(count = 10): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** The code of the error when a byte is written to a descriptor; undefined when it was taken. */
export function writeError(fd: number): string | undefined {
  try {
    writeSync(fd, "x");
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

/** Takes the numbers of descriptors that were closed just now: whoever closes one a second time closes these. */
export function occupyDescriptors(count: number): readonly number[] {
  return Array.from({ length: count }, () => openSync("/dev/null", "r"));
}
