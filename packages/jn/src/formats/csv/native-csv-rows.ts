import type { Carried, CsvRowsKernel, RecordKernels } from "@cuprum/native";
import type { ByteSink, CarryTail } from "@jn/wire";
import { DirectRun } from "../../kernels/direct-run.ts";
import { type KernelRun, runKernel } from "../../kernels/kernel-run.ts";
import type { CsvRowsOptions } from "./csv-rows.ts";

/** The twin of `CsvRows` for rows in the usual form. */
export class NativeCsvRows {
  readonly #kernel: CsvRowsKernel;
  readonly #direct = new DirectRun();
  readonly #names: readonly string[];

  constructor(kernels: RecordKernels, { dialect, columns, infer, ragged, maxRecordBytes }: CsvRowsOptions) {
    this.#names = columns.names;
    const keys = columns.names.map((name, index) => Buffer.from(`${index === 0 ? "{" : ","}${JSON.stringify(name)}:`));
    this.#kernel = kernels.csvRows({ ...dialect, infer, fill: ragged === "fill", maxRecordBytes, keys });
  }

  /** The same from a descriptor to that of `out`; undefined: it was not tried. See `DirectRun`. */
  carry(fd: number, begun: Buffer, out: ByteSink, tail: CarryTail | undefined): Carried | undefined {
    const keys = tail?.followers[0]?.keys;
    return this.#direct.go(this.#kernel, fd, begun, out, tail, keys && this.#columnsOf(keys));
  }

  /** The columns with these names; one there must be. */
  #columnsOf(keys: readonly string[]): readonly number[] {
    const wanted = [...this.#names.keys()].filter((column) => keys.includes(this.#names[column]!));
    return wanted.length === 0 ? [0] : wanted;
  }

  /** Writes rows of `bytes[start..end)`, as `CsvRows.parse` does, up to the first one that is not whole or not usual. */
  parse(bytes: Buffer, start: number, end: number, final: boolean, out: ByteSink): KernelRun {
    return runKernel(start, end - start, out, (at, to, length) =>
      this.#kernel.parse(bytes, at, end, final, to, length),
    );
  }
}
