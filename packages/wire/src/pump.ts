import { read } from "node:fs";
import type { ByteSink } from "./byte-sink.ts";
import { backoffMs } from "./descriptor.ts";
import { READ_BYTES, type Source } from "./source.ts";
import type { Transcoder } from "./transcoder.ts";
import { ioError, systemCode, WireError } from "./wire-error.ts";

/**
 * Moves everything from the source through the transcoder to the sink, ends the transcoder and flushes the sink.
 *
 * Flushes also whenever the input pauses, so that a live source shows each record at once while a bulk run writes 64 KiB
 * or more at a time. Stops reading when the transcoder is `finished`. When it throws, what was written before is flushed.
 */
export function pump(source: Source, transcoder: Transcoder, sink: ByteSink): void {
  flushing(sink, () => {
    while (transcoder.finished !== true) {
      const chunk = source.read();
      if (chunk === undefined) return transcoder.end(sink);
      transcoder.push(chunk, sink);
      if (source.paused) sink.flush();
    }
  });
}

/**
 * The same from a descriptor, waiting for input without blocking the event loop: for a program that must act on a
 * signal while it waits, as a writer that has a temporary file to remove. Does not flush when the input pauses.
 *
 * @param atEnd called at the end of the input, before the transcoder is ended; may throw
 */
export async function pumpInterruptibly(
  fd: number,
  name: string,
  transcoder: Transcoder,
  sink: ByteSink,
  atEnd: () => Promise<void>,
): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  while (transcoder.finished !== true) {
    const count = await readWhenReady(fd, name, buffer);
    if (count === 0) {
      await atEnd();
      transcoder.end(sink);
      break;
    }
    transcoder.push(buffer.subarray(0, count), sink);
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
