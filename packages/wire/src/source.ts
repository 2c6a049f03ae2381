import { closeSync, openSync } from "node:fs";
import { monotonicMs } from "./clock.ts";
import { readDescriptor } from "./descriptor.ts";
import { flowMeter } from "./flow-meter.ts";
import { readBuffer } from "./read-buffer.ts";
import { ioError } from "./wire-error.ts";

/** Where bytes come from, one chunk at a time. */
export interface Source {
  /** How messages call it: a path, or `standard input`. */
  readonly name: string;
  /** The next chunk, valid until the next call; undefined at the end of input. */
  read(): Buffer | undefined;
  /** True when the last read returned less than was asked for: nothing more is waiting, so flush. */
  readonly paused: boolean;
  /** The descriptor that has what `read` returns next; undefined where there is none, or its bytes are not taken as they are. */
  readonly fd?: number | undefined;
  close(): void;
}

/** Bytes asked for in one read: the capacity of a Linux pipe, so that a short read means a drained pipe. */
export const READ_BYTES: number = 64 * 1024;

/** Bytes asked for once a read has given all that it was asked for: there is much, and large reads cost less. */
export const BULK_READ_BYTES: number = 512 * 1024;

/** Reads a descriptor that is already open. `close()` leaves descriptors 0, 1 and 2 open. */
export class DescriptorSource implements Source {
  readonly name: string;
  readonly fd: number;
  paused = false;
  #buffer: Buffer;

  constructor(fd: number, name: string) {
    this.fd = fd;
    this.name = name;
    this.#buffer = readBuffer(READ_BYTES);
  }

  read(): Buffer | undefined {
    const buffer = this.#buffer;
    const meter = flowMeter();
    const beganMs = meter === undefined ? 0 : monotonicMs();
    const count = readDescriptor(this.fd, this.name, buffer, 0, buffer.length);
    meter?.read(buffer, count, beganMs);
    this.paused = count < buffer.length;
    if (count === READ_BYTES && !this.paused) this.#buffer = readBuffer(BULK_READ_BYTES);
    return count === 0 ? undefined : buffer.subarray(0, count);
  }

  close(): void {
    if (this.fd <= 2) return;
    try {
      closeSync(this.fd);
    } catch (error) {
      throw ioError("close", this.name, error);
    }
  }
}

/**
 * Opens a file for reading.
 *
 * @throws WireError `IO`
 */
export function openSource(path: string): DescriptorSource {
  try {
    return new DescriptorSource(openSync(path, "r"), path);
  } catch (error) {
    throw ioError("open", path, error);
  }
}
