import type { ByteSink, Transcoder } from "@jn/wire";
import type { AggregateState } from "../../aggregates/aggregate.ts";
import { Aggregates, type AggregateSpec, checkValues, holdsRecords } from "../../aggregates/aggregate-list.ts";
import { type LineSourceOptions, recordLines, type RecordHandler } from "../../formats/ndjson/record-lines.ts";
import { readValue } from "../../filter/record-value.ts";
import { toJson } from "../../filter/value/json-text.ts";
import type { Value } from "../../filter/value/value.ts";
import type { LinePosition } from "../../json/record-check.ts";
import { AbsentFields } from "../../keys/absent-fields.ts";
import type { Field } from "../../keys/field-list.ts";
import { MAX_PATH_KEYS } from "../../kernels/native-records.ts";
import { KeyBytes, SEQUENCE_BYTES } from "../../keys/key-bytes.ts";
import { NativeValues } from "../../keys/native-values.ts";
import { RecordKeys } from "../../keys/record-keys.ts";
import { compareKeys } from "../../runs/entry-buffer.ts";
import { ExternalSort } from "../../runs/external-sort.ts";
import { HeapBound, MEMORY_ADVICE } from "../heap-bound.ts";
import { type GroupHolder, type MovedGroup, NativeGroups } from "./native-groups.ts";

export interface GroupedRecordsOptions extends LineSourceOptions {
  /** The fields whose values make a group; none: all records are one. */
  readonly by: readonly Field[];
  readonly aggregates: readonly AggregateSpec[];
  /** How much memory may be taken, in bytes. */
  readonly memoryBytes: number;
}

/**
 * A record for each group, in the order in which they first appeared: the fields that make it, then its aggregates.
 *
 * Groups that do not fit in memory any more wait for the end of the input in a temporary file, with all their records: sorted by
 * group, made one by one, and sorted back into their order.
 */
export function groupedRecords(options: GroupedRecordsOptions): Transcoder {
  return recordLines(options, (position) => new Grouping(options, position));
}

interface Group {
  /** The values that make it. */
  readonly values: readonly Value[];
  readonly aggregates: Aggregates;
}

class Grouping implements RecordHandler {
  readonly usual: RecordHandler["usual"];
  readonly carrier: RecordHandler["carrier"];
  readonly keys: readonly string[];
  readonly holdsAll = true;
  readonly #options: GroupedRecordsOptions;
  readonly #position: LinePosition;
  readonly #keys: RecordKeys;
  readonly #absent: AbsentFields;
  readonly #key = new KeyBytes();
  readonly #groups = new Map<string, Group>();
  /** Those of one text that were made of records in the usual form. */
  readonly #groupsByText = new Map<string, Group>();
  #groupBytes = 0;
  #later: ExternalSort | undefined;
  readonly #heap = new HeapBound(MEMORY_ADVICE);
  #count = 0;
  /** Undefined: each record is taken by itself. */
  #native: NativeValues | undefined;
  readonly #nativeGroups: NativeGroups | undefined;

  constructor(options: GroupedRecordsOptions, position: LinePosition) {
    this.#options = options;
    this.#position = position;
    const paths = pathsOf(options);
    this.#keys = new RecordKeys(paths, position);
    this.#absent = new AbsentFields(paths);
    this.keys = paths.map(([key]) => key!);
    const { by, kernels, aggregates, memoryBytes } = options;
    if (kernels !== undefined && !holdsRecords(aggregates) && paths.every((path) => path.length <= MAX_PATH_KEYS)) {
      const about = {
        paths,
        count: by.length,
        aggregates,
        groupBytes: groupBytes(aggregates),
        maxBytes: memoryBytes / 2,
      };
      if (NativeGroups.knows(about)) this.#nativeGroups = new NativeGroups(kernels, about, this.#holder, position);
      this.#native = new NativeValues(kernels, paths);
      this.usual = (bytes, at, end, out) => this.#addUsual(bytes, at, end, out);
      this.carrier = this.#nativeGroups?.carrier;
    }
    if (by.length === 0) this.#groups.set("", newGroup(options, []));
  }

  record(bytes: Buffer, lineStart: number, start: number): number {
    this.#nativeGroups?.takeBack();
    const { by, aggregates, memoryBytes } = this.#options;
    const end = this.#keys.read(bytes, lineStart, start);
    this.#heap.passed(end - start);
    const values = this.#keys.values;
    this.#absent.pass(values);
    checkValues(aggregates, values, this.#position, by.length);
    const text = this.#keyOf(values);
    let group = this.#groups.get(text);
    if (group === undefined) {
      if (this.#later !== undefined || this.#groupBytes + text.length > memoryBytes / 2) {
        this.#later ??= new ExternalSort(memoryBytes / 4);
        this.#key.addSequence(this.#count++);
        this.#later.add(this.#key.bytes, this.#key.length, bytes, start, end);
        return end;
      }
      group = this.#begin(text, values);
    }
    this.#addTo(group, values, () => readValue(bytes, start, end));
    return end;
  }

  /** Adds records in the usual form, many at once; returns where the first line begins that is for `record`. */
  #addUsual(bytes: Buffer, start: number, end: number, out: ByteSink): number {
    if (this.#nativeGroups?.isUsable === true) {
      const at = this.#nativeGroups.run(bytes, start, end, out);
      if (this.#nativeGroups.isUsable) return at;
      start = at;
    }
    return this.#addValues(bytes, start, end);
  }

  /** The same, of values that are parsed together. */
  #addValues(bytes: Buffer, start: number, end: number): number {
    if (this.#native === undefined) return start;
    const { aggregates, memoryBytes } = this.#options;
    const { line } = this.#position;
    const { rows, at } = this.#native.read(bytes, start, end, this.#position);
    const mostBytes = rows.length * groupBytes(aggregates) + GROUP_GROWTH * (at - start);
    const isRoomy = this.#later === undefined && this.#groupBytes + mostBytes <= memoryBytes / 2;
    if (!isRoomy || !rows.every((values) => this.#isFine(values))) {
      this.#native = undefined;
      this.#position.line = line;
      return start;
    }
    for (const values of rows) {
      this.#absent.pass(values);
      this.#addTo(this.#groupOf(values), values, noRecord);
    }
    this.#heap.passed(at - start);
    return at;
  }

  #isFine(values: readonly Value[]): boolean {
    try {
      checkValues(this.#options.aggregates, values, this.#position, this.#options.by.length);
      return true;
    } catch {
      return false;
    }
  }

  /** The group of these values, which begins if it was not there. One text is looked up as it is. */
  #groupOf(values: readonly Value[]): Group {
    const [name] = values;
    const isText = this.#options.by.length === 1 && typeof name === "string";
    const known = isText ? this.#groupsByText.get(name) : undefined;
    if (known !== undefined) return known;
    const text = this.#keyOf(values);
    const group = this.#groups.get(text) ?? this.#begin(text, values);
    if (isText) this.#groupsByText.set(name, group);
    return group;
  }

  finish(out: ByteSink): void {
    this.#nativeGroups?.takeBack();
    this.#absent.tell(this.#position.source, this.#options.warn);
    for (const group of this.#groups.values()) {
      const line = Buffer.from(lineOf(group, this.#options));
      out.appendRecords(line, 0, line.length);
    }
    this.#groups.clear();
    if (this.#later !== undefined) this.#putLater(this.#later, out);
  }

  #keyOf(values: readonly Value[]): string {
    this.#key.clear();
    for (let at = 0; at < this.#options.by.length; at++) this.#key.add(values[at]!);
    return this.#key.text();
  }

  #begin(text: string, values: readonly Value[]): Group {
    const group = newGroup(this.#options, values);
    this.#groups.set(text, group);
    this.#groupBytes += 5 * text.length + groupBytes(this.#options.aggregates);
    return group;
  }

  get #holder(): GroupHolder {
    const groups = this.#groups;
    return {
      get size() {
        return groups.size;
      },
      *groups() {
        for (const [text, { values, aggregates }] of groups) {
          const states = aggregates.states();
          yield [Buffer.from(text, "latin1"), states && { values, states }];
        }
      },
      put: (moved, hasRecords) => this.#put(moved, hasRecords),
    };
  }

  #put({ values, states }: MovedGroup, hasRecords: boolean): void {
    this.#heap.passed(MOVED_BYTES);
    const text = this.#keyOf(values);
    const group = this.#groups.get(text) ?? this.#begin(text, values);
    group.aggregates.resume(states);
    if (!hasRecords) return;
    const { aggregates } = this.#options;
    const met = aggregates.flatMap(({ path }, at) => (path === undefined ? [] : [wasGiven(states[at]!)]));
    this.#absent.pass([...values, ...met]);
  }

  #addTo(group: Group, values: readonly Value[], record: () => Value): void {
    this.#groupBytes += group.aggregates.add(values, record, this.#options.by.length);
  }

  #putLater(later: ExternalSort, out: ByteSink): void {
    const inOrder = new ExternalSort(this.#options.memoryBytes / 4);
    const sequence = Buffer.alloc(SEQUENCE_BYTES);
    let last = Buffer.alloc(0);
    let group: Group | undefined;
    const put = (): void => {
      if (group === undefined) return;
      const line = Buffer.from(lineOf(group, this.#options));
      inOrder.add(sequence, SEQUENCE_BYTES, line, 0, line.length - 1);
    };
    later.drain((bytes, keyStart, keyEnd, end) => {
      const kindEnd = keyEnd - SEQUENCE_BYTES;
      this.#heap.passed(end - keyStart);
      this.#keys.read(bytes, keyEnd, keyEnd);
      if (group === undefined || compareKeys(bytes, keyStart, kindEnd, last, 0, last.length) !== 0) {
        put();
        bytes.copy(sequence, 0, kindEnd, keyEnd);
        last = Buffer.from(bytes.subarray(keyStart, kindEnd));
        group = newGroup(this.#options, this.#keys.values);
      }
      this.#addTo(group, this.#keys.values, () => readValue(bytes, keyEnd, end - 1));
    });
    put();
    inOrder.drain((bytes, _keyStart, keyEnd, end) => out.appendRecords(bytes, keyEnd, end));
  }
}

/** The fields that make a group, then those that aggregates are of. */
function pathsOf({ by, aggregates }: GroupedRecordsOptions): readonly (readonly string[])[] {
  return [...by.map(({ path }) => path), ...aggregates.flatMap(({ path }) => (path === undefined ? [] : [path]))];
}

/** For aggregates none of which is of records. */
function noRecord(): Value {
  return null;
}

function newGroup({ by, aggregates }: GroupedRecordsOptions, values: readonly Value[]): Group {
  return { values: values.slice(0, by.length), aggregates: new Aggregates(aggregates) };
}

function lineOf({ values, aggregates }: Group, { by }: GroupedRecordsOptions): string {
  const lead = by.map(({ name }, at) => `${JSON.stringify(name)}:${toJson(values[at]!)},`).join("");
  return `{${lead}${aggregates.members()}}\n`;
}

/** What stands for the values that an aggregate was given: null if all were null. */
function wasGiven({ count, value }: AggregateState): Value {
  return value ?? (count > 0 ? true : null);
}

/** What a group takes in memory besides its texts, about: some objects, and for estimates their sketches. */
function groupBytes(aggregates: readonly AggregateSpec[]): number {
  const sketches = aggregates.filter(({ kind }) => /^(?:distinct|median|p\d)/.test(kind)).length;
  return 200 + 120 * aggregates.length + SKETCH_BYTES * sketches;
}

const SKETCH_BYTES = 16 * 1024;
/** What a group that moves makes of garbage, about as a record of so many bytes does. */
const MOVED_BYTES = 512;
/** What a byte of records can become in the texts of groups, at most about: in key, lead and name, of two bytes a character. */
const GROUP_GROWTH = 8;
