/** Where records come from: an address (`data.csv`, `@profile/name`, `https://...`), records of this library, or any values. */
export type RecordSource = string | AsyncIterable<unknown> | Iterable<unknown>;

/** Records that are read when they are asked for, and anew each time. Leaving the loop closes what is open. */
export interface Records<T> extends AsyncIterable<T> {
  /** As NDJSON, in chunks of whole records: their own bytes, numbers of any length included. */
  bytes(): AsyncIterable<Uint8Array>;
  /** All of them. */
  toArray(): Promise<T[]>;
}

/** A record that could not be read, or that a stage failed on. */
export interface BadRecord {
  readonly source: string;
  /** From 1. */
  readonly line: number;
  /** From 0; undefined where records were converted before they were found to be bad. */
  readonly byte: number | undefined;
  readonly reason: string;
  /** Its text, as far as it was kept. */
  readonly raw: string;
}

export interface ReadOptions {
  /** Longest record accepted, in bytes. Default 256 MiB. */
  readonly maxRecordBytes?: number;
  /** Takes bad records, and reading goes on. Default: the first one is thrown, as an error with the code `BAD_DATA`. */
  readonly onBadRecord?: (bad: BadRecord) => void;
  readonly onWarning?: (message: string) => void;
}

export interface FilterOptions extends ReadOptions {
  /** Values of `$name` variables. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Whether every result is a record, as in jq. Default false: `true` keeps the record, `false` and `null` drop it. */
  readonly values?: boolean;
}

/** How much memory a stage may take before it goes on in a temporary file. */
interface MemoryOptions {
  /** In bytes. Default 256 MiB. */
  readonly memoryBytes?: number;
}

export interface SortOptions extends ReadOptions, MemoryOptions {
  /** Fields as for `jn sort --by`: `city,-age`. Default: the record as a whole. */
  readonly by?: string;
  readonly reverse?: boolean;
  /** Whether text that is a number counts as one. */
  readonly numeric?: boolean;
}

export interface UniqOptions extends ReadOptions, MemoryOptions {
  /** Default: the bytes of the record. */
  readonly by?: string;
  /** Whether a record is compared with the one before it only. */
  readonly adjacent?: boolean;
}

export interface GroupOptions extends ReadOptions, MemoryOptions {
  /** Default: all records are one group. */
  readonly by?: string;
  /** As for `jn group --agg`: `n: count, total: sum(.x)`. Default `count`. */
  readonly agg?: string;
}

export interface JoinOptions extends ReadOptions, MemoryOptions {
  /** The fields to match; or `leftKey` and `rightKey`. */
  readonly on?: string;
  readonly leftKey?: string;
  readonly rightKey?: string;
  /** Default `inner`. */
  readonly type?: "inner" | "left" | "right" | "full" | "semi" | "anti";
  /** Whether text and numbers never match. */
  readonly strict?: boolean;
  /** What else must hold of a pair, in jq: `.left.time >= .right.since`. */
  readonly where?: string;
  readonly pick?: readonly string[];
  readonly prefix?: string;
  readonly target?: string;
  readonly agg?: string;
}

export interface SampleOptions extends ReadOptions {
  /** How many; or `rate`. */
  readonly count?: number;
  /** How large a part, from 0 to 1. */
  readonly rate?: number;
  readonly seed?: number;
}

export interface PutOptions {
  readonly onBadRecord?: (bad: BadRecord) => void;
  readonly maxRecordBytes?: number;
}
