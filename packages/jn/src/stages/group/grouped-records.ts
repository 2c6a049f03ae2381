import type { ByteSink, Transcoder } from "@jn/wire";
import { Aggregates, type AggregateSpec, checkValues } from "../../aggregates/aggregate-list.ts";
import { type LineSourceOptions, recordLines } from "../../formats/ndjson/record-lines.ts";
import { readValue } from "../../filter/record-value.ts";
import { toJson } from "../../filter/value/json-text.ts";
import type { Value } from "../../filter/value/value.ts";
import type { LinePosition } from "../../json/record-check.ts";
import type { Field } from "../../keys/field-list.ts";
import { KeyBytes, SEQUENCE_BYTES } from "../../keys/key-bytes.ts";
import { RecordKeys } from "../../keys/record-keys.ts";
import { compareKeys } from "../../runs/entry-buffer.ts";
import { ExternalSort } from "../../runs/external-sort.ts";
import { HeapBound, MEMORY_ADVICE } from "../heap-bound.ts";

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
  /** `"city":"London",` */
  readonly lead: string;
  readonly aggregates: Aggregates;
}

class Grouping {
  readonly #options: GroupedRecordsOptions;
  readonly #position: LinePosition;
  readonly #keys: RecordKeys;
  readonly #key = new KeyBytes();
  readonly #groups = new Map<string, Group>();
  #groupBytes = 0;
  #later: ExternalSort | undefined;
  readonly #heap = new HeapBound(MEMORY_ADVICE);
  #count = 0;

  constructor(options: GroupedRecordsOptions, position: LinePosition) {
    this.#options = options;
    this.#position = position;
    this.#keys = keysOf(options, position);
    if (options.by.length === 0) this.#groups.set("", { lead: "", aggregates: new Aggregates(options.aggregates) });
  }

  record(bytes: Buffer, lineStart: number, start: number): number {
    const { by, memoryBytes } = this.#options;
    const end = this.#keys.read(bytes, lineStart, start);
    this.#heap.passed(end - start);
    const values = this.#keys.values;
    checkValues(this.#options.aggregates, values.slice(by.length), this.#position);
    this.#key.clear();
    for (let at = 0; at < by.length; at++) this.#key.add(values[at]!);
    const text = this.#key.text();
    let group = this.#groups.get(text);
    if (group === undefined) {
      if (this.#later !== undefined || this.#groupBytes + text.length > memoryBytes / 2) {
        this.#later ??= new ExternalSort(memoryBytes / 4);
        this.#key.addSequence(this.#count++);
        this.#later.add(this.#key.bytes, this.#key.length, bytes, start, end);
        return end;
      }
      group = newGroup(this.#options, values);
      this.#addTo(group, values, bytes, start, end);
      this.#groups.set(text, group);
      this.#groupBytes += 2 * text.length + group.lead.length + groupBytes(this.#options.aggregates);
    } else this.#addTo(group, values, bytes, start, end);
    return end;
  }

  finish(out: ByteSink): void {
    for (const group of this.#groups.values()) {
      const line = Buffer.from(lineOf(group));
      out.appendRecords(line, 0, line.length);
    }
    this.#groups.clear();
    if (this.#later !== undefined) this.#putLater(this.#later, out);
  }

  #addTo(group: Group, values: readonly Value[], bytes: Buffer, start: number, end: number): void {
    const { by } = this.#options;
    const growth = group.aggregates.add(values.slice(by.length), () => readValue(bytes, start, end));
    this.#groupBytes += growth;
  }

  #putLater(later: ExternalSort, out: ByteSink): void {
    const inOrder = new ExternalSort(this.#options.memoryBytes / 4);
    const sequence = Buffer.alloc(SEQUENCE_BYTES);
    let last = Buffer.alloc(0);
    let group: Group | undefined;
    const put = (): void => {
      if (group === undefined) return;
      const line = Buffer.from(lineOf(group));
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
      this.#addTo(group, this.#keys.values, bytes, keyEnd, end - 1);
    });
    put();
    inOrder.drain((bytes, _keyStart, keyEnd, end) => out.appendRecords(bytes, keyEnd, end));
  }
}

/** The fields that make a group, then those that aggregates are of. */
function keysOf({ by, aggregates }: GroupedRecordsOptions, position: LinePosition): RecordKeys {
  const paths = aggregates.flatMap(({ path }) => (path === undefined ? [] : [path]));
  return new RecordKeys([...by.map(({ path }) => path), ...paths], position);
}

function newGroup({ by, aggregates }: GroupedRecordsOptions, values: readonly Value[]): Group {
  const lead = by.map(({ name }, at) => `${JSON.stringify(name)}:${toJson(values[at]!)},`).join("");
  return { lead, aggregates: new Aggregates(aggregates) };
}

function lineOf({ lead, aggregates }: Group): string {
  return `{${lead}${aggregates.members()}}\n`;
}

/** What a group takes in memory besides its texts, about: some objects, and for estimates their sketches. */
function groupBytes(aggregates: readonly AggregateSpec[]): number {
  const sketches = aggregates.filter(({ text }) => /^(?:distinct|median|p\d)/.test(text)).length;
  return 200 + 120 * aggregates.length + SKETCH_BYTES * sketches;
}

const SKETCH_BYTES = 16 * 1024;
