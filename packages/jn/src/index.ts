export { analyze, cat, filter, group, head, join, put, sample, sort, tail, uniq } from "./library/stages.ts";
export { JnError, type JnErrorCode } from "./jn-error.ts";
export type {
  BadRecord,
  FilterOptions,
  GroupOptions,
  JoinOptions,
  PutOptions,
  ReadOptions,
  Records,
  RecordSource,
  SampleOptions,
  SortOptions,
  UniqOptions,
} from "./library/types.ts";
