import type { Carried, CarryingKernel, RecordKernels, RecordsKernel } from "@cuprum/native";
import type { ByteSink } from "@jn/wire";
import type { LinePosition } from "../json/record-check.ts";
import { DirectRun } from "./direct-run.ts";
import { runKernel } from "./kernel-run.ts";

/** Gives the native kernels for an input of at least this many bytes, if they are to be used then. */
export type KernelSource = (bytes: number) => RecordKernels | undefined;

/** Does natively what a handler of records does with those in the usual form, many at once. */
export class NativeRecords {
  readonly #kernels: KernelSource;
  readonly #make: (kernels: RecordKernels) => RecordsKernel;
  readonly #direct = new DirectRun();
  #kernel: RecordsKernel | undefined;
  /** The lines at hand, and how many bytes of lines there were with them. */
  #bytes: Buffer | undefined;
  #end = 0;
  #passed = 0;
  /** How many records are not tried, because those before them were not usual either. */
  #untried = 0;
  #unusual = 0;

  constructor(kernels: KernelSource, make: (kernels: RecordKernels) => RecordsKernel) {
    this.#kernels = kernels;
    this.#make = make;
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
    const kernel = this.#kernel!;
    const { at, lines } = runKernel(start, end - start, out, (from, to, length) =>
      kernel.run(bytes, from, end, to, length),
    );
    position.line += lines;
    this.#unusual = at > start ? 0 : this.#unusual + 1;
    this.#untried = this.#unusual < 2 ? 0 : Math.min(2 ** this.#unusual, MAX_UNTRIED);
    return at;
  }

  /** The same from a descriptor to that of `out`, as far as it goes; undefined: it was not tried. See `DirectRun`. */
  carry(fd: number, begun: Buffer, position: LinePosition, out: ByteSink): Carried | undefined {
    const kernel = this.#kernel;
    if (kernel?.carry === undefined || this.#untried > 0) return undefined;
    const carried = this.#direct.go(kernel as CarryingKernel, fd, begun, out);
    position.line += carried?.lines ?? 0;
    return carried;
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
