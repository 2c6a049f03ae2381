/**
 * The hot loops of record formats. Each is a twin of a loop in TypeScript, which is complete and stands beside it: a kernel does
 * what is usual and stops before a record that is anything else, bad ones included. No kernel keeps what it is given.
 */
export interface RecordKernels {
  /** Rows of CSV to JSON objects. */
  csvRows(options: CsvRowsOptions): CsvRowsKernel;
}

/** Why a kernel stopped: what is left is no whole record; no room for the next one; the next one is for the reference. */
export const KernelStop = { input: 0, room: 1, trouble: 2 } as const;

/** What a kernel did: always whole records. */
export interface KernelProgress {
  /** Where the next record begins in the input. */
  readonly at: number;
  /** Where the output ends now. */
  readonly length: number;
  /** Lines of the input that were passed. */
  readonly lines: number;
  /** One of `KernelStop`. */
  readonly stop: number;
}

export interface CsvRowsOptions {
  /** Bytes; -1: none. */
  readonly delimiter: number;
  readonly quote: number;
  readonly comment: number;
  /** Whether numbers, booleans and nulls are recognised. */
  readonly infer: boolean;
  /** Whether cells that a row lacks are filled in. */
  readonly fill: boolean;
  readonly maxRecordBytes: number;
  /** What is written before each value: `{"id":`, `,"name":`, ... */
  readonly keys: readonly Uint8Array[];
}

export interface CsvRowsKernel {
  /**
   * Writes the whole rows of `bytes[start..end)`, which are valid UTF-8, to `out[length...]`; `bytes` and `out` must not share memory.
   *
   * @param isFinal whether the input ends at `end`: then the last row needs no line end
   */
  parse(bytes: Buffer, start: number, end: number, isFinal: boolean, out: Buffer, length: number): KernelProgress;
}
