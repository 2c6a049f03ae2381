export { loadNative, type NativeLoad } from "./load-native.ts";
export type {
  BytesOptions,
  ConsumeOptions,
  CopyResult,
  LineBatch,
  LinesOptions,
  Native,
  Pipe,
  Pump,
  PumpOptions,
  PumpResult,
  RecordKernelOptions,
  SystemFailure,
} from "./native.ts";
export { NativeError, type NativeErrorCode } from "./native-error.ts";
export {
  type Carried,
  type CarryingKernel,
  type CsvRowsKernel,
  type CsvRowsOptions,
  type Followed,
  type GroupProgram,
  type GroupsKernel,
  type JoinKernel,
  type JoinProgram,
  type KernelProgress,
  KernelStop,
  type RecordKernels,
  type RecordProgram,
  type RecordsKernel,
} from "./record-kernels.ts";
