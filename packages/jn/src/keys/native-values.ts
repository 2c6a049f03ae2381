import type { RecordKernels, RecordsKernel } from "@cuprum/native";
import { ByteSink } from "@jn/wire";
import { needsExactParse, parseExact } from "../filter/value/json-text.ts";
import type { Value } from "../filter/value/value.ts";
import type { LinePosition } from "../json/record-check.ts";
import { type KernelSource, NativeRecords } from "../kernels/native-records.ts";

/** The values of fields of many records. */
export interface ValueRows {
  /** For each record the values of the paths, in their order; null for a field that it does not have. */
  readonly rows: readonly (readonly Value[])[];
  /** Where the line begins that comes after these records. */
  readonly at: number;
}

/**
 * Takes the values of fields out of many records at once: a kernel writes them as an array for each record, and these are parsed
 * together. The values are those that `RecordKeys` reads.
 */
export class NativeValues {
  readonly #records: NativeRecords;
  #rows: (readonly Value[])[] = [];
  readonly #sink = new ByteSink((bytes, start, end) => this.#take(bytes, start, end));

  constructor(kernels: KernelSource, paths: readonly (readonly string[])[]) {
    this.#records = new NativeRecords(kernels, arraysOf(paths));
  }

  /** Reads the records of `bytes[start..end)`, whole lines, up to the first that is not in the usual form. Counts their lines in `position`. */
  read(bytes: Buffer, start: number, end: number, position: LinePosition): ValueRows {
    this.#rows = [];
    const at = this.#records.run(bytes, start, end, position, this.#sink);
    this.#sink.flush();
    return { rows: this.#rows, at };
  }

  /** Takes `,[...]` lines. */
  #take(bytes: Buffer, start: number, end: number): void {
    for (const row of parsedRows(bytes, start, end)) this.#rows.push(row);
  }
}

/** The values of `,[...]` lines, each of which is an array. */
export function parsedRows(bytes: Buffer, start: number, end: number): readonly (readonly Value[])[] {
  const text = `[${bytes.toString("utf8", start + 1, end)}]`;
  const rows = needsExactParse(bytes, start, end) ? parseExact(text) : (JSON.parse(text) as Value);
  return rows as Value[][];
}

/** For paths some of which may be the same: the different ones, and for each which of these it is. */
export function slotsOf(paths: readonly (readonly string[])[]): PathSlots {
  const texts = paths.map((path) => JSON.stringify(path));
  const different = [...new Set(texts)];
  return {
    paths: different.map((text) => JSON.parse(text) as readonly string[]),
    slots: texts.map((text) => different.indexOf(text)),
  };
}

export interface PathSlots {
  readonly paths: readonly (readonly string[])[];
  readonly slots: readonly number[];
}

/** The kernel that writes `,[VALUE,...]` for each record. */
function arraysOf(paths: readonly (readonly string[])[]): (kernels: RecordKernels) => RecordsKernel {
  const { paths: different, slots } = slotsOf(paths);
  const pieces = slots.flatMap((slot, at) => [at === 0 ? ",[" : ",", slot]);
  const program = {
    paths: different,
    condition: [],
    numbers: [],
    texts: [],
    pieces: slots.length === 0 ? [",[]"] : [...pieces, "]"],
  };
  return (kernels) => kernels.records(program);
}
