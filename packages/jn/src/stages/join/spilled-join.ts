import { ByteSink, WireError } from "@jn/wire";
import type { LinePosition } from "../../json/record-check.ts";
import { KeyBytes, SEQUENCE_BYTES } from "../../keys/key-bytes.ts";
import { compareKeys } from "../../runs/entry-buffer.ts";
import { ExternalSort } from "../../runs/external-sort.ts";
import type { HeapBound } from "../heap-bound.ts";
import type { FieldNames } from "./field-names.ts";
import type { JoinOptions, RecordSlice } from "./join-options.ts";
import { LeftRecord } from "./left-record.ts";
import { putRightRecord } from "./right-record.ts";

/**
 * A join beyond memory: the records of both sides are sorted by key, those of the right side first, and meet as they pass; what
 * comes out is sorted back into the order of the left side. Of the right side, the records of one key are held at a time.
 */
export class SpilledJoin {
  readonly #options: JoinOptions;
  readonly #names: FieldNames;
  readonly #both: ExternalSort;
  readonly #key = new KeyBytes();
  #rights = 0;

  constructor(options: JoinOptions, names: FieldNames) {
    this.#options = options;
    this.#names = names;
    this.#both = new ExternalSort(spillBytes(options));
  }

  /** @param key undefined: it matches nothing */
  addRight(key: KeyBytes | undefined, record: RecordSlice): void {
    this.#add(key, RIGHT, this.#rights++, record);
  }

  /** @param line on which the record stands: the order of the left side */
  addLeft(key: KeyBytes | undefined, record: RecordSlice, line: number): void {
    this.#add(key, LEFT, line, record);
  }

  /** Joins all that was added. */
  finish(source: string, heap: HeapBound, out: ByteSink): void {
    const { type, memoryBytes } = this.#options;
    const keepsRight = type === "right" || type === "full";
    const inOrder = new ExternalSort(spillBytes(this.#options));
    const rights = new HeldRights(memoryBytes / 4);
    const position: LinePosition = { source, line: 0 };
    const left = new LeftRecord(this.#options, this.#names, position);
    const place = new KeyBytes();
    /** Takes what a record becomes, to be put at its place. */
    const lines = new ByteSink((bytes, start, end) => inOrder.add(place.bytes, place.length, bytes, start, end - 1));
    const at = (section: number, sequence: number): void => {
      place.clear();
      place.addSequence(section);
      place.addSequence(sequence);
    };
    let last = Buffer.alloc(0);
    const endGroup = (): void => {
      if (keepsRight) {
        rights.eachUnmatched((record, sequence) => {
          at(AFTER_LEFT, sequence);
          putRightRecord(record, this.#options, this.#names, lines);
          lines.flush();
        });
      }
      rights.clear();
    };
    this.#both.drain((bytes, keyStart, keyEnd, end) => {
      heap.passed(end - keyStart);
      const sideAt = keyEnd - SEQUENCE_BYTES - 1;
      const sequence = bytes.readUInt32BE(sideAt + 1) * 2 ** 32 + bytes.readUInt32BE(sideAt + 5);
      const record = { bytes, start: keyEnd, end: end - 1 };
      const hasKey = sideAt > keyStart;
      if (!hasKey || compareKeys(bytes, keyStart, sideAt, last, 0, last.length) !== 0) {
        endGroup();
        last = Buffer.from(bytes.subarray(keyStart, sideAt));
      }
      if (bytes[sideAt] === RIGHT) {
        if (keepsRight || hasKey) rights.add(record, sequence);
        return;
      }
      at(0, sequence);
      position.line = sequence;
      left.begin(record, lines);
      rights.each((right) => left.meet(right));
      left.end();
      lines.flush();
    });
    endGroup();
    inOrder.drain((bytes, _keyStart, keyEnd, end) => out.appendRecords(bytes, keyEnd, end));
  }

  #add(key: KeyBytes | undefined, side: number, sequence: number, { bytes, start, end }: RecordSlice): void {
    this.#key.clear();
    if (key !== undefined) this.#key.addBytes(key.bytes, 0, key.length);
    SIDE[0] = side;
    this.#key.addBytes(SIDE, 0, 1);
    this.#key.addSequence(sequence);
    this.#both.add(this.#key.bytes, this.#key.length, bytes, start, end);
  }
}

/** What each of two sorts takes; the records of one key get what is left, and so does what is in memory before anything is sorted. */
export function spillBytes({ memoryBytes }: JoinOptions): number {
  return Math.floor(memoryBytes / 3);
}

/** The records of the right side that have the key at hand. */
class HeldRights {
  #records: { readonly record: RecordSlice; readonly sequence: number; isMatched: boolean }[] = [];
  #bytes = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add({ bytes, start, end }: RecordSlice, sequence: number): void {
    this.#bytes += end - start + HELD_BYTES;
    if (this.#bytes > this.#maxBytes) {
      throw new WireError(
        "RECORD_TOO_LONG",
        `the records of the right side that share a key take more than ${this.#maxBytes} bytes; raise --memory`,
      );
    }
    const copy = Buffer.from(bytes.subarray(start, end + 1));
    this.#records.push({ record: { bytes: copy, start: 0, end: end - start }, sequence, isMatched: false });
  }

  each(found: (record: RecordSlice) => boolean): void {
    for (const held of this.#records) if (found(held.record)) held.isMatched = true;
  }

  eachUnmatched(found: (record: RecordSlice, sequence: number) => void): void {
    for (const { record, sequence, isMatched } of this.#records) if (!isMatched) found(record, sequence);
  }

  clear(): void {
    if (this.#records.length === 0) return;
    this.#records = [];
    this.#bytes = 0;
  }
}

const SIDE = Buffer.alloc(1);
const RIGHT = 0;
const LEFT = 1;
/** The section of the output that follows the one of the left side. */
const AFTER_LEFT = 1;
/** What a held record takes besides its bytes, about. */
const HELD_BYTES = 200;
