import { read } from "node:fs";
import type { ByteSink } from "./byte-sink.ts";
import { monotonicMs } from "./clock.ts";
import { backoffMs } from "./descriptor.ts";
import { flowMeter } from "./flow-meter.ts";
import { readBuffer } from "./read-buffer.ts";
import { BULK_READ_BYTES, READ_BYTES, type Source } from "./source.ts";
import type { Transcoder } from "./transcoder.ts";
import { ioError, systemCode, WireError } from "./wire-error.ts";

/**
 * Moves everything from the source through the transcoder to the sink, ends the transcoder and flushes the sink.
 *
 * Flushes also whenever the input pauses, so that a live source shows each record at once while a bulk run writes 64 KiB
 * or more at a time. Where there is much to read, a transcoder that can go from descriptor to descriptor does so. Stops reading when the
 * transcoder is `finished`. When it throws, what was written before is flushed.
 */
export function pump(source: Source, transcoder: Transcoder, sink: ByteSink): void {
  flushing(sink, () => {
    while (transcoder.finished !== true) {
      const chunk = source.read();
      if (chunk === undefined) return transcoder.end(sink);
      transcoder.push(chunk, sink);
      if (source.paused) sink.flush();
      else while (carries(source.fd, transcoder, sink));
    }
  });
}

/**
 * The chunks of a descriptor, waited for without blocking the event loop: for a program that must act on a signal while it
 * waits, as a writer that has a temporary file to remove. A chunk is valid until the next one is asked for.
 *
 * @throws WireError `IO`
 */
export async function* chunksWhenReady(fd: number, name: string): AsyncGenerator<Buffer, void, undefined> {
  let buffer = readBuffer(READ_BYTES);
  for (;;) {
    const meter = flowMeter();
    const beganMs = meter === undefined ? 0 : monotonicMs();
    meter?.waits(beganMs);
    const count = await readWhenReady(fd, name, buffer);
    meter?.read(buffer, count, beganMs);
    if (count === 0) return;
    yield buffer.subarray(0, count);
    if (count === READ_BYTES && count === buffer.length) buffer = readBuffer(BULK_READ_BYTES);
  }
}

/** How chunks that are waited for go through a transcoder. */
export interface PumpChunksOptions {
  /** Whether to flush after every chunk. Default true. */
  readonly flushes?: boolean;
  /** The descriptor that has what comes after each chunk, if its bytes are taken as they are. */
  readonly fd?: number | undefined;
}

/** The same as `pump` for chunks that are waited for. The event loop has a turn at least every 250 ms or so, and between chunks. */
export async function pumpChunks(
  chunks: AsyncIterable<Buffer>,
  transcoder: Transcoder,
  sink: ByteSink,
  { flushes = true, fd }: PumpChunksOptions = {},
): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (isFinished(transcoder)) break;
      transcoder.push(chunk, sink);
      if (flushes) sink.flush();
      while (carries(fd, transcoder, sink)) await new Promise((resolve) => setImmediate(resolve));
      if (isFinished(transcoder)) break;
    }
    if (!isFinished(transcoder)) transcoder.end(sink);
  } catch (error) {
    if (!(error instanceof WireError && error.code === "READER_LEFT")) sink.flush();
    throw error;
  }
  sink.flush();
}

/** Runs `work` and flushes the sink afterwards: also when it fails, unless nobody reads any more. */
export function flushing(sink: ByteSink, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof WireError && error.code === "READER_LEFT")) sink.flush();
    throw error;
  }
  sink.flush();
}

async function readWhenReady(fd: number, name: string, buffer: Buffer): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await new Promise<number>((resolve, reject) => {
        read(fd, buffer, 0, buffer.length, null, (error, count) => {
          if (error === null) resolve(count);
          else reject(error);
        });
      });
    } catch (error) {
      const code = systemCode(error);
      if (code === "EOF") return 0;
      if (code !== "EAGAIN" && code !== "EINTR") throw ioError("read", name, error);
      await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt)));
    }
  }
}

/** Carries for a while, where that is possible; whether to go on. */
function carries(fd: number | undefined, transcoder: Transcoder, sink: ByteSink): boolean {
  if (transcoder.carry === undefined || fd === undefined || sink.fd === undefined || isFinished(transcoder))
    return false;
  return transcoder.carry(fd, sink);
}

function isFinished(transcoder: Transcoder): boolean {
  return transcoder.finished === true;
}
