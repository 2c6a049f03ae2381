import type { RecordKernels } from "./record-kernels.ts";

/** Kernel pipes, hops carried by native threads (POSIX descriptors only), and loops over records. */
export interface Native {
  /**
   * The hot loops over records.
   *
   * @throws NativeError `BAD_OPTION`
   */
  recordKernels(options?: RecordKernelOptions): RecordKernels;

  /**
   * Makes a pipe; both ends are blocking, and closed in child processes.
   *
   * @param capacityBytes what it should hold before a writer waits; a wish, which the system rounds and may refuse
   * @throws NativeError `SYSTEM`, when no descriptor is left
   */
  pipe(capacityBytes?: number): Pipe;

  /** Whether the descriptor is a pipe or FIFO. */
  isFifo(fd: number): boolean;

  /** What a pipe holds before a writer waits, in bytes. */
  pipeCapacity(fd: number): number;

  /** Asks for a capacity, and returns the one that the pipe has then. */
  setPipeCapacity(fd: number, bytes: number): number;

  /** Another number for the same open file, closed in child processes; never 0 to 2. */
  duplicate(fd: number): number;

  /**
   * Carries bytes from one descriptor to another on a thread of its own: with `splice` and `tee` between pipes on Linux,
   * else by reading and writing. Smaller pipes are made to hold 256 KiB, where the system allows it.
   *
   * Takes over the descriptors, the copy's too: each is closed exactly once, however the hop ends, and before `onEnd` is
   * called. The input is closed as soon as the reader of the output has left, even while nothing arrives, so that its
   * writer gets SIGPIPE. Their blocking mode does not matter and is not changed. A hop that runs keeps the process alive.
   *
   * @throws NativeError `BAD_DESCRIPTOR`, `BAD_OPTION`, `SYSTEM`; the descriptors still belong to the caller then
   */
  pump(readFd: number, writeFd: number, options: PumpOptions): Pump;

  /**
   * Reads a descriptor to its end on a thread of its own and hands it over in batches. While four batches are not
   * acknowledged, nothing more is read. However it ends, everything that was read is handed over before `onEnd`.
   *
   * Takes over the descriptors, as `pump` does, and throws the same.
   */
  consume(readFd: number, options: ConsumeOptions): Pump;
}

export interface RecordKernelOptions {
  /** How many threads at most share the work on records, from 1 to 64, whoever calls being one. Default: one a core, at most four. */
  readonly threads?: number | undefined;
  /** What a thread takes from a descriptor at a time, up to 16 MiB; a thread needs five times as much memory. Default: 256 KiB. */
  readonly chunkBytes?: number | undefined;
}

export interface Pipe {
  readonly readFd: number;
  readonly writeFd: number;
  readonly capacityBytes: number;
}

export interface PumpOptions {
  /** Carry no more than this many bytes. Default: no limit. */
  readonly limitBytes?: number | undefined;
  /**
   * A second descriptor that gets the same bytes. One that falls behind holds the hop; one whose reader leaves, or that
   * fails, does not: the hop goes on, and the result says so.
   */
  readonly copyFd?: number | undefined;
  readonly onEnd: (result: PumpResult) => void;
}

export type ConsumeOptions = BytesOptions | LinesOptions;

export interface BytesOptions extends ObservedHop {
  readonly shape: "bytes";
  /** Up to 64 KiB, which are only valid until they are acknowledged: the memory is used again. */
  readonly onBatch: (bytes: Buffer, acknowledge: () => void) => void;
}

export interface LinesOptions extends ObservedHop {
  readonly shape: "lines";
  /**
   * Longest line, in bytes without its newline, at least 8; default 256 MiB. A longer one is given in pieces of at most that
   * many bytes, cut between characters: see `LineBatch.unfinished`.
   */
  readonly maxLineBytes?: number | undefined;
  readonly onBatch: (batch: LineBatch, acknowledge: () => void) => void;
}

/**
 * Lines of text, decoded as `TextDecoder` does with `ignoreBOM: true`. A line ends at `\n`; a `\r` before it belongs to the
 * end. The last line of the input is given also when no newline ends it.
 */
export interface LineBatch {
  /** At least one. */
  readonly lines: readonly string[];
  /** The last line is a piece of one longer than `maxLineBytes`: the first line of the next batch continues it. */
  readonly unfinished: boolean;
}

interface ObservedHop {
  /** Gets every byte too, before the observer does. */
  readonly writeFd?: number | undefined;
  readonly onEnd: (result: PumpResult) => void;
}

/** A hop that may still run. */
export interface Pump {
  /** Bytes written so far; read so far, where nothing is written. */
  readonly bytes: () => number;
  /** Whether it waits for input at this moment, rather than for a reader or an observer. */
  readonly isReading: () => boolean;
  /** Ends the hop promptly, also out of a read or write that waits; `onEnd` is still called. Later calls do nothing. */
  cancel(): void;
}

export interface PumpResult {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly end: "endOfInput" | "readerLeft" | "limit" | "cancelled" | "failed";
  /** Set when `end` is `failed`. */
  readonly error?: SystemFailure;
  /** Set when the hop had a copy. */
  readonly copy?: CopyResult;
}

export interface CopyResult {
  readonly bytesWritten: number;
  readonly end: "complete" | "readerLeft" | "failed";
  /** Set when `end` is `failed`. */
  readonly error?: SystemFailure;
}

export interface SystemFailure {
  /** The system's name of the error, such as `ENOSPC`; `PANIC` for a defect of the native module. */
  readonly code: string;
  readonly message: string;
}
