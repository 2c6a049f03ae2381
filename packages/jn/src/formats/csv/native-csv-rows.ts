import type { Carried, CsvRowsKernel, RecordKernels } from "@cuprum/native";
import type { ByteSink, CarryTail } from "@jn/wire";
import { DirectRun } from "../../kernels/direct-run.ts";
import { type KernelRun, runKernel } from "../../kernels/kernel-run.ts";
import type { CsvRowsOptions } from "./csv-rows.ts";

/** The twin of `CsvRows` for rows in the usual form. */
export class NativeCsvRows {
  readonly #kernel: CsvRowsKernel;
  readonly #direct = new DirectRun();

  constructor(kernels: RecordKernels, { dialect, columns, infer, ragged, maxRecordBytes }: CsvRowsOptions) {
    const keys = columns.names.map((name, index) => Buffer.from(`${index === 0 ? "{" : ","}${JSON.stringify(name)}:`));
    this.#kernel = kernels.csvRows({ ...dialect, infer, fill: ragged === "fill", maxRecordBytes, keys });
  }

  /** The same from a descriptor to that of `out`; undefined: it was not tried. See `DirectRun`. */
  carry(fd: number, begun: Buffer, out: ByteSink, tail: CarryTail | undefined): Carried | undefined {
    return this.#direct.go(this.#kernel, fd, begun, out, tail);
  }

  /** Writes rows of `bytes[start..end)`, as `CsvRows.parse` does, up to the first one that is not whole or not usual. */
  parse(bytes: Buffer, start: number, end: number, final: boolean, out: ByteSink): KernelRun {
    return runKernel(start, end - start, out, (at, to, length) =>
      this.#kernel.parse(bytes, at, end, final, to, length),
    );
  }
}
