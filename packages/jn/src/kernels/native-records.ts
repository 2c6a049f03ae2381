import type { Carried, CarryingKernel, RecordKernels, RecordsKernel } from "@cuprum/native";
import type { ByteSink, CarryTail } from "@jn/wire";
import type { LinePosition } from "../json/record-check.ts";
import { DirectRun } from "./direct-run.ts";
import { runKernel } from "./kernel-run.ts";

/** Gives the native kernels for an input of at least this many bytes, if they are to be used then. */
export type KernelSource = (bytes: number) => RecordKernels | undefined;

/** Takes records where they do not come one by one. */
export interface RecordCarrier {
  /** From a descriptor to that of `out`, or of the tail; undefined: not now. `begun` is the beginning of a line that comes before. */
  carry(fd: number, begun: Buffer, out: ByteSink, tail: CarryTail | undefined): Carried | undefined;
  /** The kernel that takes the records that come of another one; undefined: not now. */
  kernel(): object | undefined;
  /** It has taken some, and written so many bytes. The lines are to be counted. */
  followed(lines: number, written: number): void;
}

/** Does natively what a handler of records does with those in the usual form, many at once. */
export class NativeRecords {
  readonly #kernels: KernelSource;
  readonly #make: (kernels: RecordKernels) => RecordsKernel;
  readonly #prepare: () => boolean;
  readonly #direct = new DirectRun();
  #kernel: RecordsKernel | undefined;
  /** The lines at hand, and how many bytes of lines there were with them. */
  #bytes: Buffer | undefined;
  #end = 0;
  #passed = 0;
  /** How many records are not tried, because those before them were not usual either. */
  #untried = 0;
  #unusual = 0;

  /** @param prepare is called before the kernel that was made is given anything; whether it may be */
  constructor(
    kernels: KernelSource,
    make: (kernels: RecordKernels) => RecordsKernel,
    prepare: () => boolean = () => true,
  ) {
    this.#kernels = kernels;
    this.#make = make;
    this.#prepare = prepare;
  }

  /**
   * Takes the records of `bytes[start..end)`, whole lines, up to the first one that is not usual, and returns where its line begins, or
   * `end`. Counts the lines in `position`.
   */
  run(bytes: Buffer, start: number, end: number, position: LinePosition, out: ByteSink): number {
    if (this.#kernel === undefined && !this.#open(bytes, start, end)) return start;
    if (this.#untried > 0) {
      this.#untried--;
      return start;
    }
    if (!this.#prepare()) return start;
    const kernel = this.#kernel!;
    const { at, lines } = runKernel(start, end - start, out, (from, to, length) =>
      kernel.run(bytes, from, end, to, length),
    );
    position.line += lines;
    this.#unusual = at > start ? 0 : this.#unusual + 1;
    this.#untried = this.#unusual < 2 ? 0 : Math.min(2 ** this.#unusual, MAX_UNTRIED);
    return at;
  }

  /** Takes records of which JavaScript sees nothing, counts their lines in `position`, and tells how many bytes were written. */
  carrier(position: LinePosition, onWritten?: (bytes: number) => void): RecordCarrier {
    return {
      carry: (fd, begun, out, tail) => {
        const kernel = this.#carrying();
        const carried = kernel && this.#direct.go(kernel, fd, begun, out, tail);
        if (carried === undefined) return undefined;
        position.line += carried.lines;
        const [next] = carried.followers;
        onWritten?.(next === undefined ? carried.bytesWritten : next.bytes + next.rest.length);
        return carried;
      },
      kernel: () => this.#carrying(),
      followed: (lines, written) => {
        position.line += lines;
        onWritten?.(written);
      },
    };
  }

  /** The kernel that can carry, or follow one that does; undefined: there is none, or the last records were not usual. */
  #carrying(): CarryingKernel | undefined {
    if (this.#unusual > 0 || this.#kernel?.carry === undefined || !this.#prepare()) return undefined;
    return this.#kernel as CarryingKernel;
  }

  #open(bytes: Buffer, start: number, end: number): boolean {
    if (bytes !== this.#bytes || end !== this.#end) {
      this.#passed += end - start;
      this.#bytes = bytes;
      this.#end = end;
    }
    const kernels = this.#kernels(this.#passed);
    if (kernels !== undefined) this.#kernel = this.#make(kernels);
    return kernels !== undefined;
  }
}

/** The kernel that only checks records, and passes them on between these characters. */
export function checkingKernel(before: string, after: string): (kernels: RecordKernels) => RecordsKernel {
  return (kernels) => kernels.records({ paths: [], condition: [], numbers: [], texts: [], before, after, pieces: [] });
}

const MAX_UNTRIED = 256;

/** The most keys that a path can have for the kernels. */
export const MAX_PATH_KEYS: number = 8;
