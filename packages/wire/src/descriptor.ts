import { readSync, writeSync } from "node:fs";
import { ioError, systemCode, WireError } from "./wire-error.ts";

/**
 * Reads up to `length` bytes; 0 means the end of input.
 *
 * A descriptor that another process made non-blocking (EAGAIN) is waited on, not spun on.
 *
 * @throws WireError `IO`
 */
export function readDescriptor(fd: number, name: string, bytes: Uint8Array, offset: number, length: number): number {
  for (let attempt = 0; ; attempt++) {
    try {
      return readSync(fd, bytes, offset, length, null);
    } catch (error) {
      const code = systemCode(error);
      if (code === "EOF") return 0;
      if (!waitedOut(code, attempt)) throw ioError("read", name, error);
    }
  }
}

/**
 * Writes `bytes[start..end)` completely. Blocks while the reader is slow: that is the backpressure.
 *
 * @throws WireError `READER_LEFT` when nobody reads any more, `IO` on any other failure
 */
export function writeDescriptor(fd: number, name: string, bytes: Uint8Array, start: number, end: number): void {
  let at = start;
  for (let attempt = 0; at < end; attempt++) {
    try {
      at += writeSync(fd, bytes, at, end - at);
      attempt = 0;
    } catch (error) {
      const code = systemCode(error);
      if (code === "EPIPE") throw new WireError("READER_LEFT", `the reader of ${name} left`, { cause: error });
      if (!waitedOut(code, attempt)) throw ioError("write", name, error);
    }
  }
}

/** Milliseconds to wait before the next try on a descriptor that was not ready: 0.05, doubling up to 10. */
export function backoffMs(attempt: number): number {
  return Math.min(10, 0.05 * 2 ** attempt);
}

/** True after waiting when the call may be repeated; false when the error is a real one. */
function waitedOut(code: string | undefined, attempt: number): boolean {
  if (code === "EINTR") return true;
  if (code !== "EAGAIN") return false;
  Atomics.wait(sleeper, 0, 0, backoffMs(attempt));
  return true;
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));
