import { monotonicMs } from "./clock.ts";
import { writeDescriptor } from "./descriptor.ts";
import { flowMeter } from "./flow-meter.ts";

/** Receives `bytes[start..end)`; must be done with them when it returns. */
export type Drain = (bytes: Buffer, start: number, end: number) => void;

/** Bytes that collect before they are drained: large enough for cheap writes, small enough to stay in the cache. */
export const DRAIN_BYTES: number = 64 * 1024;

/**
 * Collects output bytes and drains them in large pieces.
 *
 * A record is written by `reserve` / direct stores into `bytes` / `length`, and finished by `commit`. Only `commit` and
 * `flush` drain, so what leaves is always whole records, and an unfinished record can be taken back by setting `length`.
 * Memory is bounded by `DRAIN_BYTES` plus the longest record.
 */
export class ByteSink {
  /** The pending bytes are `bytes[0..length)`. `reserve` may replace this buffer: read it again afterwards. */
  bytes: Buffer;
  /** The same memory, for stores of four bytes at a time. */
  view: DataView;
  length = 0;
  /** Bytes drained so far. */
  drained = 0;
  /** Where all that is drained is written to, if it is. */
  readonly fd: number | undefined;
  #drain: Drain;

  constructor(drain: Drain, fd?: number) {
    this.fd = fd;
    this.#drain = drain;
    this.bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
    this.view = viewOf(this.bytes);
  }

  /** From now on `doing` lets what is drained be drained: errors and time of it are those of whoever that is. */
  drainWithin(doing: (drain: () => void) => void): void {
    const drain = this.#drain;
    this.#drain = (bytes, start, end) => doing(() => drain(bytes, start, end));
  }

  /** Makes room for `extra` more bytes. Never drains. */
  reserve(extra: number): void {
    const needed = this.length + extra;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
    this.view = viewOf(grown);
  }

  /** Appends a piece of an unfinished record. */
  append(bytes: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    this.length = copyBytes(bytes, start, end, this.bytes, this.length);
  }

  /** Appends whole records; a large run is drained without being copied. */
  appendRecords(bytes: Buffer, start: number, end: number): void {
    if (end - start < DRAIN_BYTES / 2) {
      this.append(bytes, start, end);
      this.commit();
      return;
    }
    this.flush();
    this.drained += end - start;
    this.#drain(bytes, start, end);
  }

  /** Ends a record (or a run of them): drains when enough has collected. */
  commit(): void {
    if (this.length >= DRAIN_BYTES) this.flush();
  }

  /** Drains everything that is pending. */
  flush(): void {
    if (this.length === 0) return;
    const length = this.length;
    this.length = 0;
    this.drained += length;
    this.#drain(this.bytes, 0, length);
    if (this.bytes.length <= MAX_KEPT_BYTES) return;
    this.bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
    this.view = viewOf(this.bytes);
  }
}

/** A sink that writes to a descriptor. `flush` throws what `writeDescriptor` throws. */
export function descriptorSink(fd: number, name: string): ByteSink {
  return new ByteSink((bytes, start, end) => {
    const meter = flowMeter();
    const beganMs = meter === undefined ? 0 : monotonicMs();
    let writtenEnd = start;
    try {
      writeDescriptor(fd, name, bytes, start, end);
      writtenEnd = end;
    } finally {
      meter?.written(bytes, start, writtenEnd, beganMs);
    }
  }, fd);
}

/** The memory of `bytes` as a DataView. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Copies `from[start..end)` to `to[at...]`, which must have room, and returns the index after it. */
export function copyBytes(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  if (end - start > COPY_LOOP_BYTES) {
    to.set(from.subarray(start, end), at);
    return at + end - start;
  }
  for (let index = start; index < end; index++) to[at++] = from[index]!;
  return at;
}

/** Below this many bytes a loop beats the call into the engine (measured on Node 20: they meet at about 50). */
const COPY_LOOP_BYTES = 48;

/** Drain size plus room for the record that passes it. */
const INITIAL_BYTES = 2 * DRAIN_BYTES;

/** A buffer that one long record made larger than this is given back. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;
