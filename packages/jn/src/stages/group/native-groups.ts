import type { GroupProgram, GroupsKernel } from "@cuprum/native";
import type { ByteSink } from "@jn/wire";
import type { AggregateSpec } from "../../aggregates/aggregate-list.ts";
import type { AggregateState } from "../../aggregates/aggregate.ts";
import { toJson } from "../../filter/value/json-text.ts";
import type { Value } from "../../filter/value/value.ts";
import type { LinePosition } from "../../json/record-check.ts";
import { type KernelSource, MAX_PATH_KEYS, NativeRecords, type RecordCarrier } from "../../kernels/native-records.ts";
import { parsedRows, slotsOf } from "../../keys/native-values.ts";

/** A group as it moves between the reference and the kernel. */
export interface MovedGroup {
  /** The values that make it. */
  readonly values: readonly Value[];
  readonly states: readonly AggregateState[];
}

/** The groups of the reference: they are either there or with the kernel. */
export interface GroupHolder {
  readonly size: number;
  /** All groups, with their keys in bytes; undefined for one whose aggregates cannot tell what they remember. */
  groups(): Iterable<readonly [key: Buffer, group: MovedGroup | undefined]>;
  /** Takes a group as it is now, one that it has or the next one to appear; and whether the kernel took records of it. */
  put(group: MovedGroup, hasRecords: boolean): void;
}

/** What is grouped, natively. */
export interface NativeGroupsOptions {
  /** The paths of the fields that make a group, of which there are `count`, then those that aggregates are of. */
  readonly paths: readonly (readonly string[])[];
  readonly count: number;
  readonly aggregates: readonly AggregateSpec[];
  readonly groupBytes: number;
  readonly maxBytes: number;
}

/**
 * Groups records in the usual form natively: the kernel has all groups while it does, and gives them back before the reference has
 * to take a record. That they move does not cost more than records do: else the kernel is done without from then on.
 */
export class NativeGroups {
  readonly carrier: RecordCarrier;
  readonly #program: GroupProgram;
  readonly #count: number;
  readonly #holder: GroupHolder;
  readonly #position: LinePosition;
  readonly #native: NativeRecords;
  #kernel: GroupsKernel | undefined;
  /** The line from which on the kernel has the groups; undefined: it has none. */
  #since: number | undefined;
  #isUsable = true;
  /** Groups that were moved, and lines that the kernel took. */
  #moved = 0;
  #taken = 0;

  /** Whether the kernel knows these aggregates, and there is memory for what a chunk of records can make of groups. */
  static knows({ paths, aggregates, maxBytes }: NativeGroupsOptions): boolean {
    return (
      aggregates.every(({ kind }) => KINDS.has(kind)) &&
      aggregates.every(({ kind, path }) => path !== undefined || kind === "count") &&
      paths.every((path) => path.length <= MAX_PATH_KEYS) &&
      maxBytes > CHUNK_GROWTH
    );
  }

  constructor(kernels: KernelSource, options: NativeGroupsOptions, holder: GroupHolder, position: LinePosition) {
    this.#program = programOf(options);
    this.#count = options.count;
    this.#holder = holder;
    this.#position = position;
    this.#native = new NativeRecords(
      kernels,
      (all) => (this.#kernel = all.groups(this.#program)),
      () => this.#handOver(),
    );
    this.carrier = this.#native.carrier(position);
  }

  /** Whether records are to be given to it. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** Takes records as `NativeRecords.run` does. */
  run(bytes: Buffer, start: number, end: number, out: ByteSink): number {
    return this.#native.run(bytes, start, end, this.#position, out);
  }

  /** Gives all groups back. */
  takeBack(): void {
    const kernel = this.#kernel;
    if (this.#since === undefined || kernel === undefined) return;
    this.#taken += this.#position.line - this.#since;
    this.#since = undefined;
    if (kernel.isFull) this.#isUsable = false;
    const { count } = kernel;
    this.#moved += count;
    for (let start = 0; start < count; start += PORTION) this.#put(kernel, start, Math.min(start + PORTION, count));
    kernel.clear();
  }

  #put(kernel: GroupsKernel, start: number, end: number): void {
    const { texts, numbers } = kernel.states(start, end);
    let at = 0;
    for (const row of parsedRows(texts, 0, texts.length)) {
      const values = row.slice(0, this.#count);
      const states = row.slice(this.#count).map((value) => {
        const [count, sum, rest] = [numbers[at++]!, numbers[at++]!, numbers[at++]!];
        return { count, sum: { sum, rest }, value };
      });
      const records = states.pop()!;
      this.#holder.put({ values, states }, records.count > 0);
    }
  }

  /** Gives all groups to the kernel, if it has not got them. */
  #handOver(): boolean {
    if (this.#since !== undefined) return true;
    if (!this.#isUsable) return false;
    this.#moved += this.#holder.size;
    this.#isUsable = this.#moved <= this.#taken + MOVED_AT_LEAST && this.#begin();
    if (this.#isUsable) this.#since = this.#position.line;
    else this.#kernel!.clear();
    return this.#isUsable;
  }

  #begin(): boolean {
    for (const [key, group] of this.#holder.groups()) {
      if (group === undefined) return false;
      const numbers = group.states.flatMap(({ count, sum: { sum, rest } }) => [count, sum, rest]);
      numbers.push(...NO_RECORDS);
      const remembered = group.states.map(({ value }) => (value === null ? "" : toJson(value)));
      remembered.push("");
      if (!this.#kernel!.begin(key, group.values.map(toJson).join(","), numbers, remembered)) return false;
    }
    return true;
  }
}

/** The kinds of `GroupProgram` by what aggregates are called here; that of `count` with a field is the next one. */
const KINDS: ReadonlyMap<string, number> = new Map([
  ["count", 0],
  ["sum", 2],
  ["avg", 2],
  ["min", 3],
  ["max", 4],
  ["first", 5],
  ["last", 6],
]);

function programOf({ paths, count, aggregates, groupBytes, maxBytes }: NativeGroupsOptions): GroupProgram {
  const { paths: different, slots } = slotsOf(paths);
  let next = count;
  const coded = aggregates.flatMap(({ kind, path }) => {
    const code = KINDS.get(kind)!;
    if (path === undefined) return [code, 0];
    return [kind === "count" ? code + 1 : code, slots[next++]!];
  });
  return {
    paths: different,
    by: slots.slice(0, count),
    // The last one counts the records that the kernel took.
    aggregates: [...coded, 0, 0],
    groupBytes,
    // Until they are taken back, and for a while after it, they take memory beside those of the reference.
    maxBytes: (maxBytes - CHUNK_GROWTH) / 2,
  };
}

/** As `GroupsKernel.begin` has it. */
const NO_RECORDS = [0, 0, 0];
/** Groups that move at a time. */
const PORTION = 4096;
/** How many may be moved before a record was taken. */
const MOVED_AT_LEAST = 20_000;
/** What the groups that a chunk of records makes count for, at most: a group takes 8 bytes of input, and counts for 320 and some. */
const CHUNK_GROWTH = 24 * 1024 * 1024;
