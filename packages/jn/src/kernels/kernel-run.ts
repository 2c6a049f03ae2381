import type { KernelProgress } from "@cuprum/native";
import type { ByteSink } from "@jn/wire";

/** How far a kernel came with a piece of the input. */
export interface KernelRun {
  /** Where the next record begins. */
  readonly at: number;
  /** Lines of the input that were passed. */
  readonly lines: number;
  /** Whether the next record is for the reference; if not, what is left is no whole record. */
  readonly isTrouble: boolean;
}

/**
 * Runs a kernel from `start` on until it needs more input or help, and takes what it writes to the sink, which holds whole records only.
 *
 * @param bytes how much input there is, to make room for what comes of it
 * @param work the kernel from a place in the input on, into `out[length...]`
 */
export function runKernel(
  start: number,
  bytes: number,
  out: ByteSink,
  work: (at: number, out: Buffer, length: number) => KernelProgress,
): KernelRun {
  let at = start;
  let lines = 0;
  if (bytes > BULK_BYTES) out.reserve(ROOM_BYTES - out.length);
  for (;;) {
    const progress = work(at, out.bytes, out.length);
    at = progress.at;
    lines += progress.lines;
    out.length = progress.length;
    if (progress.stop !== STOP_ROOM) {
      out.commit();
      return { at, lines, isTrouble: progress.stop === STOP_TROUBLE };
    }
    if (out.length > 0) out.flush();
    else out.reserve(2 * out.bytes.length);
  }
}

/** As in `KernelStop` of the native package, which is not loaded for this. */
const STOP_ROOM = 1;
const STOP_TROUBLE = 2;

/** From this much input on there is room for much output, so that it is written in few, large pieces. */
const BULK_BYTES = 32 * 1024;
const ROOM_BYTES = 1536 * 1024;
