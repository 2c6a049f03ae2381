import { closeSync, fstatSync, writeSync } from "node:fs";
import { Socket, type SocketConstructorOpts } from "node:net";
import { readBuffer, systemCode } from "@jn/wire";
import { LineBatches } from "./line-batches.ts";
import type { StreamBackend, Transfer, TransferEnd, TransferOptions } from "./stream-backend.ts";

/** Bytes read at once: what a Linux pipe holds. */
const CHUNK_BYTES = 64 * 1024;

/** The backend in TypeScript, the reference for every other one: libuv waits, one buffer a transfer is used again and again. */
export const nodeBackend: StreamBackend = {
  name: "node",
  carry: (readFd, options) => new NodeTransfer(readFd, options),
};

/**
 * The input is read by libuv into one buffer; each chunk is written at once, without a copy, as far as the output takes it.
 * Reading goes on when the output has taken the rest and every observer has settled.
 */
class NodeTransfer implements Transfer {
  readonly ended: Promise<TransferEnd>;
  readonly #input: Socket;
  readonly #output: Output | undefined;
  readonly #onChunk: TransferOptions["onChunk"];
  readonly #onLines: TransferOptions["onLines"];
  readonly #lines: LineBatches | undefined;
  #bytes = 0;
  #isReading = true;
  #end: TransferEnd | undefined;
  /** Ends a wait for an observer that never settles. */
  #abandon: () => void = () => {};

  constructor(readFd: number, options: TransferOptions) {
    this.#onChunk = options.onChunk;
    this.#onLines = options.onLines;
    this.#lines = options.onLines === undefined ? undefined : new LineBatches();
    try {
      this.#output = options.writeFd === undefined ? undefined : outputTo(options.writeFd);
    } catch (error) {
      closeSync(readFd);
      throw error;
    }
    this.#input = readingSocket(readFd, (chunk) => this.#read(chunk));
    this.ended = this.#run();
  }

  readonly bytes = (): number => this.#bytes;

  readonly isReading = (): boolean => this.#isReading;

  readonly cancel = (): void => {
    this.#finish({ end: "cancelled" });
  };

  async #run(): Promise<TransferEnd> {
    const inputClosed = new Promise<void>((resolve) => this.#input.once("close", () => resolve()));
    this.#input.on("error", (error) => this.#finish({ end: "failed", error }));
    let drained: Promise<void> | undefined;
    this.#input.once("end", () => void (drained = this.#drained()));
    this.#output?.onError((error) =>
      this.#finish(systemCode(error) === "EPIPE" ? { end: "readerLeft" } : { end: "failed", error }),
    );
    this.#input.resume();
    await inputClosed;
    await drained;
    await this.#output?.closed;
    return this.#end ?? { end: "endOfInput" };
  }

  /** The end of the input: the last line is due, and the output may close when it has everything. */
  async #drained(): Promise<void> {
    this.#isReading = false;
    try {
      const rest = this.#lines?.end() ?? [];
      const seen = rest.length === 0 ? undefined : this.#onLines?.(rest);
      if (seen !== undefined) await this.#settled([seen]);
      if (this.#end === undefined) this.#output?.end();
    } catch (error) {
      this.#finish({ end: "failed", error });
    }
  }

  #finish(end: TransferEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#abandon();
    this.#input.destroy();
    this.#output?.destroy();
  }

  /** Handles one chunk; false means "wait, I shall go on by myself". */
  #read(chunk: Uint8Array): boolean {
    if (this.#end !== undefined) return false;
    const waits: Promise<void>[] = [];
    try {
      const observed = this.#onChunk?.(chunk);
      if (observed !== undefined) waits.push(observed);
      if (this.#lines !== undefined) {
        const lines = this.#lines.push(chunk);
        const seen = lines.length === 0 ? undefined : this.#onLines?.(lines);
        if (seen !== undefined) waits.push(seen);
      }
      const written = this.#output?.write(chunk);
      if (written !== undefined) waits.push(written);
      this.#bytes += chunk.length;
      if (waits.length === 0) return this.#end === undefined;
      this.#isReading = false;
      void this.#continueAfter(waits);
    } catch (error) {
      // Who was asked before may fail as well: the first failure counts.
      void Promise.allSettled(waits);
      this.#finish({ end: "failed", error });
    }
    return false;
  }

  async #continueAfter(waits: readonly Promise<void>[]): Promise<void> {
    try {
      await this.#settled(waits);
      this.#isReading = true;
      if (this.#end === undefined) this.#input.resume();
    } catch (error) {
      this.#finish({ end: "failed", error });
    }
  }

  /** Waits until all have settled, or this has ended. */
  async #settled(waits: readonly Promise<void>[]): Promise<void> {
    if (this.#end !== undefined) return;
    const abandoned = new Promise<void>((resolve) => (this.#abandon = resolve));
    await Promise.race([Promise.all(waits), abandoned]);
  }
}

/** A socket that reads into one buffer. `onChunk` says whether to go on at once; if not, `resume` does. */
function readingSocket(fd: number, onChunk: (chunk: Uint8Array) => boolean): Socket {
  const buffer = readBuffer(CHUNK_BYTES);
  const onread = { buffer, callback: (length: number): boolean => onChunk(buffer.subarray(0, length)) };
  // The constructor takes onread since Node 11, but its type does not say so.
  const options: SocketConstructorOpts & { readonly onread: typeof onread } = {
    fd,
    readable: true,
    writable: false,
    onread,
  };
  return new Socket(options);
}

/** The writing end of a transfer. */
interface Output {
  /** Writes all of the chunk: at once (undefined), or by the time the promise settles. The chunk may be used again then. */
  readonly write: (chunk: Uint8Array) => Promise<void> | undefined;
  readonly end: () => void;
  readonly destroy: () => void;
  readonly onError: (handler: (error: unknown) => void) => void;
  /** Settles when the descriptor is closed. */
  readonly closed: Promise<void>;
}

function outputTo(fd: number): Output {
  const kind = fstatSync(fd);
  return kind.isFIFO() || kind.isSocket() ? pipeOutput(fd) : fileOutput(fd);
}

/** A pipe or socket: libuv writes at once what it takes, and the rest when it can. */
function pipeOutput(fd: number): Output {
  const socket = new Socket({ fd, readable: false, writable: true });
  let onError: (error: unknown) => void = () => {};
  let onWritten: () => void = () => {};
  const written = (): void => onWritten();
  socket.on("error", (error) => onError(error));
  return {
    write(chunk) {
      // Nobody fills the chunk's buffer again before all of it is written, so it needs no copy.
      socket.write(chunk, written);
      if (socket.writableLength === 0) return undefined;
      return new Promise((resolve) => (onWritten = resolve));
    },
    end: () => socket.end(() => socket.destroy()),
    destroy: () => void socket.destroy(),
    onError: (handler) => (onError = handler),
    closed: new Promise((resolve) => socket.once("close", () => resolve())),
  };
}

/** A file or a device: writing does not wait for anybody. */
function fileOutput(fd: number): Output {
  let isOpen = true;
  let close: () => void = () => {};
  const closed = new Promise<void>((resolve) => (close = resolve));
  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    closeSync(fd);
    close();
  };
  return {
    write(chunk) {
      let at = 0;
      while (at < chunk.length) at += writeSync(fd, chunk, at, chunk.length - at);
      return undefined;
    },
    end,
    destroy: end,
    onError: () => {},
    closed,
  };
}
