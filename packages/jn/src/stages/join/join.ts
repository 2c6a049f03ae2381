import type { Transcoder } from "@jn/wire";
import { checkValues } from "../../aggregates/aggregate-list.ts";
import { type LineSourceOptions, recordLines } from "../../formats/ndjson/record-lines.ts";
import { readValue } from "../../filter/record-value.ts";
import type { Value } from "../../filter/value/value.ts";
import { badData } from "../../jn-error.ts";
import type { LinePosition } from "../../json/record-check.ts";
import { AbsentFields } from "../../keys/absent-fields.ts";
import type { Field } from "../../keys/field-list.ts";
import { KeyBytes } from "../../keys/key-bytes.ts";
import { matchingKey } from "../../keys/matching-key.ts";
import { RecordKeys, valueAt } from "../../keys/record-keys.ts";
import { HeapBound, MEMORY_ADVICE } from "../heap-bound.ts";
import { FieldNames } from "./field-names.ts";
import type { JoinOptions, RecordSlice } from "./join-options.ts";
import { LeftRecord } from "./left-record.ts";
import { NativeJoin } from "./native-join.ts";
import { RightIndex } from "./right-index.ts";
import { putRightRecord } from "./right-record.ts";
import { spillBytes, SpilledJoin } from "./spilled-join.ts";

/**
 * A join of two sources: first all of the right side is read, by `right`, then the left side passes, through `left`.
 *
 * While the right side fits in memory, each record of the left side is joined as it comes. Else all is sorted (see SpilledJoin). The
 * output is the same: in the order of the left side, matches in the order of the right side; records of the right side that
 * matched none come last.
 */
export class Join {
  readonly #options: JoinOptions;
  readonly #names: FieldNames;
  readonly #index: RightIndex;
  readonly #heap = new HeapBound(MEMORY_ADVICE);
  #spilled: SpilledJoin | undefined;

  constructor(options: JoinOptions) {
    this.#options = options;
    this.#names = new FieldNames(options);
    this.#index = new RightIndex(options.memoryBytes - spillBytes(options));
  }

  /** Reads the right side; writes nothing. */
  right(about: LineSourceOptions): Transcoder {
    const { rightKeys, isStrict, aggregates = [] } = this.#options;
    return recordLines(about, (position) => {
      const reader = new KeyedRecords(rightKeys, isStrict, position);
      return {
        record: (bytes, lineStart, start) => {
          const { end, key } = reader.read(bytes, lineStart, start);
          const record = { bytes, start, end };
          this.#heap.passed(end - start);
          if (aggregates.length > 0) {
            const value = readValue(bytes, start, end);
            const values = aggregates.flatMap(({ path }) => (path === undefined ? [] : [valueAt(value, path)]));
            checkValues(aggregates, values, position);
          }
          this.#names.addRight(record);
          if (this.#spilled === undefined && this.#index.add(key?.text(), record)) return end;
          this.#spilled ??= this.#spill();
          this.#spilled.addRight(key, record);
          return end;
        },
        finish: () => reader.end(about.warn),
      };
    });
  }

  /** Joins the left side. */
  left(about: LineSourceOptions): Transcoder {
    const { leftKeys, isStrict, type } = this.#options;
    const keepsRight = type === "right" || type === "full";
    return recordLines(about, (position) => {
      const reader = new KeyedRecords(leftKeys, isStrict, position);
      const native = this.#nativeJoin(about, position);
      const left = new LeftRecord(this.#options, this.#names, position);
      const meet = (right: RecordSlice): boolean => left.meet(right);
      return {
        usual: native && ((bytes, at, end, out) => native.run(bytes, at, end, out)),
        carrier: native?.carrier,
        record: (bytes, lineStart, start, out) => {
          const { end, key } = reader.read(bytes, lineStart, start);
          const record = { bytes, start, end };
          this.#heap.passed(end - start);
          if (keepsRight) this.#names.addLeft(record);
          if (this.#spilled !== undefined) this.#spilled.addLeft(key, record, position.line);
          else {
            left.begin(record, out);
            if (key !== undefined) this.#index.each(key.text(), meet);
            left.end();
            native?.begin(record);
          }
          return end;
        },
        finish: (out) => {
          reader.pass(native?.met);
          reader.end(about.warn);
          if (this.#spilled !== undefined) this.#spilled.finish(position.source, this.#heap, out);
          else if (keepsRight)
            this.#index.eachUnmatched((record) => putRightRecord(record, this.#options, this.#names, out));
        },
      };
    });
  }

  #nativeJoin({ kernels }: LineSourceOptions, position: LinePosition): NativeJoin | undefined {
    if (kernels === undefined || this.#spilled !== undefined || !NativeJoin.knows(this.#options)) return undefined;
    return new NativeJoin({ options: this.#options, names: this.#names, index: this.#index }, kernels, position);
  }

  /** Moves what is in memory to the sort. */
  #spill(): SpilledJoin {
    const { rightKeys, isStrict } = this.#options;
    const spilled = new SpilledJoin(this.#options, this.#names);
    const reader = new KeyedRecords(rightKeys, isStrict, { source: "", line: 0 });
    this.#index.drain((record) => {
      const { key } = reader.read(record.bytes, record.start, record.start);
      spilled.addRight(key, record);
    });
    return spilled;
  }
}

/** Reads records with their keys. */
class KeyedRecords {
  readonly #keys: RecordKeys;
  readonly #absent: AbsentFields;
  readonly #isStrict: boolean;
  readonly #position: LinePosition;
  readonly #key = new KeyBytes();

  constructor(fields: readonly Field[], isStrict: boolean, position: LinePosition) {
    const paths = fields.map(({ path }) => path);
    this.#keys = new RecordKeys(paths, position);
    this.#absent = new AbsentFields(paths);
    this.#isStrict = isStrict;
    this.#position = position;
  }

  /** The key is undefined when a part of it is null, and valid until the next call. */
  read(bytes: Buffer, lineStart: number, start: number): { readonly end: number; readonly key: KeyBytes | undefined } {
    const end = this.#keys.read(bytes, lineStart, start);
    this.#absent.pass(this.#keys.values);
    if (bytes[start] !== OPEN_BRACE) {
      throw badData({ ...this.#position }, "only objects can be joined; turn it into one, as with {value: .}");
    }
    return { end, key: matchingKey(this.#keys.values, this.#isStrict, this.#key) ? this.#key : undefined };
  }

  /** Hears what another one read: for each field something, or null if no record had a value. */
  pass(values: readonly Value[] | undefined): void {
    if (values !== undefined) this.#absent.pass(values);
  }

  /** Warns of fields that no record had. */
  end(warn: LineSourceOptions["warn"]): void {
    this.#absent.tell(this.#position.source, warn);
  }
}

const OPEN_BRACE = 123;
