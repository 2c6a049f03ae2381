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

/** A source, and what its records get as `_label`. */
export interface LabelledSource {
  readonly source: RecordSource;
  readonly label: string;
}

export interface MergeOptions extends ReadOptions {
  /** Whether records say where they are from, as `_source`. Default true. */
  readonly source?: boolean;
}

export interface SchemaCondition {
  /** A JSON Schema (2020-12), or the path of a file that has one. */
  readonly schema: string | object;
}

export interface InspectOptions extends ReadOptions {
  /** How many records are looked at. Default 1000; 0: all. */
  readonly lines?: number;
}

/** What records were found to look like. */
export interface Inspection {
  /** A JSON Schema (2020-12). */
  readonly schema: Readonly<Record<string, unknown>>;
  /** The same as `export type NAME = ...;`. Default name: `Row`. */
  readonly typeScript: (name?: string) => string;
}

/** What is changed in each record: merging comes first, then what is set, put after and before arrays, and deleted. Paths are `.a."b c"[0]`. */
export interface Edits {
  /** An object to merge in; null deletes (RFC 7396). */
  readonly merge?: object;
  /** Values by path. */
  readonly set?: Readonly<Record<string, unknown>>;
  readonly append?: Readonly<Record<string, unknown>>;
  readonly prepend?: Readonly<Record<string, unknown>>;
  readonly delete?: readonly string[];
}

export interface WindowOptions extends ReadOptions {
  /** How many records a window spans; with `time`, how long: `500ms`, `10s`, `5m`, `1h`, `1d`. */
  readonly size: number | string;
  /** After how much the next one begins. Default: the size. */
  readonly every?: number | string;
  /** The field with the time: ISO text, or seconds since 1970. */
  readonly time?: string;
  /** As for `group`. Default `count`. */
  readonly agg?: string;
}

export interface ShOptions extends ReadOptions {
  /** How to read what it prints, with options: `csv?delimiter=;`, `columns`. Default: what the program is known for, else `lines`. */
  readonly format?: string;
}

export interface TableOptions extends ReadOptions {
  readonly style?: "plain" | "grid" | "markdown";
  /** Most columns of the terminal; longer cells are cut. Default: those there are; without a terminal any. */
  readonly width?: number;
  readonly columns?: readonly string[];
  /** How many records decide columns and widths. Default 100. */
  readonly sample?: number;
}

export type PutOptions = ReadOptions;

export interface SplitOptions extends ReadOptions {
  /** Fields whose values make a file; or `lines`. */
  readonly by?: string;
  /** How many records a file gets. */
  readonly lines?: number;
  /** Default 500; more is an error. */
  readonly maxFiles?: number;
}
