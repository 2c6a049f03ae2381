import { Socket } from "node:net";
import { Readable } from "node:stream";
import { systemCode } from "@jn/wire";

/** What a standard input can be made of, chunk by chunk. */
export type Chunks = Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

/** A writer of somebody's standard input. */
export interface Feed {
  /** Settles when the descriptor is closed. Never rejects. */
  readonly ended: Promise<FeedEnd>;
  /** Stops it: the source is told to return, and the descriptor is closed. */
  readonly cancel: () => void;
}

export interface FeedEnd {
  /** Bytes that the pipe took. */
  readonly bytes: number;
  /** `readerLeft`: the program closed its input before everything was written. */
  readonly end: "done" | "readerLeft" | "cancelled" | "failed";
  readonly error?: unknown;
}

/**
 * Writes `chunks` to `fd`, which it owns, at the reader's pace.
 *
 * When the source throws, `onSourceError` is called, and the descriptor stays open until `cancel`: to close it would tell
 * the reader that this was all.
 */
export function feed(fd: number, chunks: Chunks, onSourceError: (error: unknown) => void): Feed {
  const socket = new Socket({ fd, readable: false, writable: true });
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  let stopped: FeedEnd | undefined;
  /** Ends a wait for the reader or for the source. */
  let wake: () => void = () => {};
  const stop = (end: FeedEnd["end"], error?: unknown): void => {
    stopped ??= error === undefined ? { bytes: 0, end } : { bytes: 0, end, error };
    socket.destroy();
    wake();
  };
  socket.on("error", (error) => (systemCode(error) === "EPIPE" ? stop("readerLeft") : stop("failed", error)));
  socket.on("drain", () => wake());
  const write = async (): Promise<void> => {
    let iterator: ReturnType<typeof iteratorOf> | undefined;
    try {
      iterator = iteratorOf(chunks);
      // oxlint-disable-next-line eslint/no-unmodified-loop-condition -- stop modifies it, while this waits
      while (stopped === undefined) {
        const asked = Promise.resolve(iterator.next());
        const next = await new Promise<IteratorResult<Uint8Array | string> | undefined>((resolve, reject) => {
          wake = () => resolve(undefined);
          asked.then(resolve, reject);
        });
        if (next === undefined) break;
        if (next.done === true) {
          // The program may end before the socket says that it is closed.
          socket.end((error?: Error | null) => {
            if (error === undefined || error === null) stop("done");
          });
          return;
        }
        if (next.value.length === 0 || socket.write(next.value)) continue;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } catch (error) {
      if (stopped === undefined) onSourceError(error);
    }
    leave(chunks, iterator);
  };
  const run = async (): Promise<FeedEnd> => {
    void write();
    await closed;
    return { ...(stopped ?? { end: "failed" }), bytes: socket.bytesWritten };
  };
  return { ended: run(), cancel: () => stop("cancelled") };
}

/** A source that waits for something may never answer: it is asked to return, and not waited for. */
function leave(chunks: Chunks, iterator: ReturnType<typeof iteratorOf> | undefined): void {
  try {
    // The iterator of a stream waits for the stream.
    if (chunks instanceof Readable) chunks.destroy();
    Promise.resolve(iterator?.return?.()).catch(() => {});
  } catch {
    // Nobody reads what it gives; why it cannot return matters to nobody either.
  }
}

function iteratorOf(chunks: Chunks): Iterator<Uint8Array | string> | AsyncIterator<Uint8Array | string> {
  return Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
}
