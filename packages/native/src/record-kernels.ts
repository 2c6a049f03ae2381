/**
 * The hot loops of record formats. Each is a twin of a loop in TypeScript, which is complete and stands beside it: a kernel does
 * what is usual and stops before a record that is anything else, bad ones included. No kernel keeps what it is given.
 */
export interface RecordKernels {
  /** Rows of CSV to JSON objects. */
  csvRows(options: CsvRowsOptions): CsvRowsKernel;
  /** NDJSON records, checked, selected, made anew. */
  records(program: RecordProgram): RecordsKernel;
  /**
   * NDJSON records to rows of CSV.
   *
   * @param delimiter a byte
   * @param keys what stands before each value, without blanks: `{"id":`, `,"name":`, ...
   */
  csvCells(delimiter: number, keys: readonly Uint8Array[]): RecordsKernel;
  /**
   * Elements of a JSON array to NDJSON. What is given begins after an element, and the kernel stops after an element, before the comma
   * or bracket that follows it. An element that the bytes cut is no whole record.
   */
  jsonElements(maxRecordBytes: number): RecordsKernel;
  /** NDJSON records in groups, with aggregates. */
  groups(program: GroupProgram): GroupsKernel;
  /**
   * NDJSON records, each with the members of those that have the same key.
   *
   * @param keys the keys of these, one after the other, as `jn` writes them to compare them
   * @param members what is added to a record that meets them, one after the other: `"team":"a","level":2`
   * @param ends where each key, and its members, end
   */
  join(program: JoinProgram, keys: Uint8Array, members: Uint8Array, ends: Uint32Array): JoinKernel;
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

export interface CsvRowsKernel extends CarryingKernel {
  /**
   * Writes the whole rows of `bytes[start..end)`, which are valid UTF-8, to `out[length...]`; `bytes` and `out` must not share memory.
   *
   * @param isFinal whether the input ends at `end`: then the last row needs no line end
   */
  parse(bytes: Buffer, start: number, end: number, isFinal: boolean, out: Buffer, length: number): KernelProgress;
}

/** What is done with each record. */
export interface RecordProgram {
  /** The paths that are looked at or written, each of one to eight keys: a path's place here is its slot. May be none. */
  readonly paths: readonly (readonly string[])[];
  /**
   * Which records are dealt with; none: all. Operands come before their operator: 0 N slot, 1 null, 2 false, 3 true, 4 N number, 5 N text;
   * 10 to 15 the comparisons == != < <= > >=; 20 and, 21 or, 22 not; 23 N whether a slot is neither false nor null.
   */
  readonly condition: readonly number[];
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
  /** What is written: by default the record's own bytes, after `before` (nothing) and before `after` (a newline). */
  readonly before?: string;
  readonly after?: string;
  /** The record if the value of this slot is true, nothing if it is false or null. */
  readonly ifTrue?: number;
  /** A record of these pieces instead: slots, and the text between them. */
  readonly pieces: readonly (number | string)[];
}

/** What makes a group, and what is said of it. */
export interface GroupProgram {
  /** As those of a `RecordProgram`. */
  readonly paths: readonly (readonly string[])[];
  /** The slots of those whose values make a group; none: all records are one, which has to be there. */
  readonly by: readonly number[];
  /** For each aggregate its kind (0 number of records, 1 number of values, 2 sum, 3 least, 4 greatest, 5 first, 6 last) and its slot. */
  readonly aggregates: readonly number[];
  /** What a group is said to take in memory besides its texts; and when no further records are taken, though those of one chunk may still come. */
  readonly groupBytes: number;
  readonly maxBytes: number;
}

/** Takes records, and writes nothing. */
export interface GroupsKernel extends RecordsKernel {
  readonly count: number;
  /** Whether the groups take all that they may. */
  readonly isFull: boolean;
  /**
   * Adds a group that is not there. False: that cannot be gone on with here.
   *
   * @param key as `jn` writes it to compare it
   * @param texts the values that make the group as JSON, with commas between them
   * @param numbers for each aggregate how many values it was given, their sum, and what rounding took from the sum
   * @param values for each aggregate the JSON text of the value that it remembers; or nothing
   */
  begin(key: Uint8Array, texts: string, numbers: readonly number[], values: readonly string[]): boolean;
  /** The groups from `start` on to `end`, in the order in which they first appeared. */
  states(start: number, end: number): GroupStates;
  /** Forgets all groups. */
  clear(): void;
}

export interface GroupStates {
  /** A line for each group, a comma and an array of JSON: the values that make it, then what each aggregate remembers, or null. */
  readonly texts: Buffer;
  /** Of each group, in turn, what `begin` calls `numbers`. */
  readonly numbers: Float64Array;
}

/** How records meet others. */
export interface JoinProgram {
  /** As those of a `RecordProgram`. */
  readonly paths: readonly (readonly string[])[];
  /** Slots: of the values that make the key, at most 31; of those that have to be there; of those that must not. */
  readonly keys: readonly number[];
  readonly present: readonly number[];
  readonly absent: readonly number[];
  /** Whether text that is a number, written plainly, is not that number. */
  readonly isStrict: boolean;
  /** What is written for a record with matches: 0 nothing, 1 the record, 2 a record for each match. */
  readonly matched: number;
  /** What is added to a record without one; undefined: it is not written. */
  readonly unmatched?: string | undefined;
}

export interface JoinKernel extends RecordsKernel {
  /** A bit for each key, the first one's the lowest: whether a record had a value for it. The highest bit: whether there was a record. */
  readonly met: number;
}

/** A kernel that reads and writes by itself, alone or with others that take what comes of it. */
export interface CarryingKernel {
  /**
   * Goes on from `begun`, the beginning of a record, with what it reads from `readFd`, and writes what comes of it to `writeFd`, in order: on
   * the threads of `RecordKernelOptions`, each with about 1.3 MiB of memory. Blocks the caller.
   *
   * Ends after the given time; at the end of the input; where anything is unusual, a record that the reference
   * has to take, one longer than 256 KiB, or a failure to read or write; and what it read and did not deal with is told. Descriptors are
   * not closed; they may be non-blocking.
   *
   * @param followers kernels of `records`, `csvCells`, `join` and, as the last one, `groups`, through which what comes of this one goes, in
   *   turn. When one of them comes to something unusual, all that follows is left to the caller: first the rests of the followers, the last
   *   one's before the others, then the rest of the input
   * @param columns of rows of CSV: the only ones that are written, at least one
   */
  carry(
    readFd: number,
    writeFd: number,
    begun: Buffer,
    milliseconds: number,
    followers: readonly RecordsKernel[],
    columns?: readonly number[],
  ): Carried;
}

export interface Carried {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Lines of the input that were dealt with. */
  readonly lines: number;
  /** Milliseconds in which nothing could be read, and in which something was being written. */
  readonly waitInMs: number;
  readonly waitOutMs: number;
  /** What could not be written: who tries it again learns why. */
  readonly unwritten: Buffer;
  /** What was read and not dealt with; begins with a record. */
  readonly rest: Buffer;
  /** Whether it ended only because of the time: what is left is no whole record. */
  readonly goesOn: boolean;
  /** With followers: milliseconds that this kernel worked, all threads together; else 0. */
  readonly workedMs: number;
  /** What each follower has done. */
  readonly followers: readonly Followed[];
}

export interface Followed {
  /** What it dealt with. */
  readonly bytes: number;
  readonly lines: number;
  /** Bytes that came of it. */
  readonly written: number;
  /** Milliseconds, all threads together. */
  readonly workedMs: number;
  /** What it was given and did not deal with; begins with a record. */
  readonly rest: Buffer;
}

export interface RecordsKernel extends Partial<CarryingKernel> {
  /** Runs on `bytes[start..end)`, whole lines as a rule and valid UTF-8, and writes to `out[length...]`. */
  run(bytes: Buffer, start: number, end: number, out: Buffer, length: number): KernelProgress;
}
