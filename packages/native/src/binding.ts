import type { RecordKernelOptions } from "./native.ts";
import type {
  CsvRowsKernel,
  GroupProgram,
  GroupsKernel,
  JoinKernel,
  JoinProgram,
  RecordProgram,
  RecordsKernel,
} from "./record-kernels.ts";

/** The exports that this file describes; the compiled module has the same number, `crates/addon/src/lib.rs`. */
export const INTERFACE: number = 7;

/** What the compiled module exports: plain values only. Nobody but `bound-native.ts` sees it. */
export interface Binding {
  readonly VERSION: string;
  readonly INTERFACE: number | undefined;
  pipe(capacityBytes: number | undefined): {
    readonly readFd: number;
    readonly writeFd: number;
    readonly capacityBytes: number;
  };
  isFifo(fd: number): boolean;
  pipeCapacity(fd: number): number;
  setPipeCapacity(fd: number, bytes: number): number;
  duplicate(fd: number): number;
  pump(
    input: number,
    output: number,
    copy: number | undefined,
    limit: number | undefined,
    onEvent: (slot: null, content: null, unfinished: boolean, outcome: Outcome) => void,
  ): Hop;
  readonly CsvRows: new (options: RawCsvOptions, sharing: RecordKernelOptions) => CsvRowsKernel;
  readonly CsvCells: new (
    delimiter: number,
    keys: readonly Uint8Array[],
    sharing: RecordKernelOptions,
  ) => RecordsKernel;
  readonly JsonElements: new (maxRecordBytes: number) => RecordsKernel;
  readonly Records: new (program: RecordProgram, sharing: RecordKernelOptions) => RecordsKernel;
  readonly Groups: new (program: GroupProgram, sharing: RecordKernelOptions) => GroupsKernel;
  readonly Join: new (
    program: JoinProgram,
    keys: Uint8Array,
    members: Uint8Array,
    ends: Uint32Array,
    sharing: RecordKernelOptions,
  ) => JoinKernel;
  /** With `maxLineBytes`, the content is lines joined by newlines; without it, the number of bytes in the slot. */
  consume(input: number, output: number | undefined, maxLineBytes: number | undefined, onEvent: OnEvent): Hop;
}

/** A batch without a slot need not be acknowledged. The last event has an outcome, and nothing else. */
export type OnEvent = (
  slot: number | null,
  content: number | string | null,
  unfinished: boolean,
  outcome: Outcome | null,
) => void;

export interface Hop {
  bytes(): number;
  isIdle(): boolean;
  acknowledge(slot: number): void;
  /** All slots, one after the other, for a hop that gives bytes. */
  memory(): Buffer | null;
  cancel(): void;
}

export interface Outcome {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly end: "endOfInput" | "readerLeft" | "limit" | "cancelled" | "failed";
  readonly failure?: Failure | null;
  readonly copyBytes: number;
  readonly copyEnd?: "complete" | "readerLeft" | "failed" | null;
  readonly copyFailure?: Failure | null;
}

export interface Failure {
  readonly errno?: number | null;
  readonly message: string;
}

/** A byte below 0 is none. */
export interface RawCsvOptions {
  readonly delimiter: number;
  readonly quote: number;
  readonly comment: number;
  readonly infer: boolean;
  readonly fill: boolean;
  readonly maxRecordBytes: number;
  readonly keys: readonly Uint8Array[];
}
