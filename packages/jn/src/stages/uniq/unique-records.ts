import type { ByteSink, Transcoder } from "@jn/wire";
import { type LineSourceOptions, recordLines } from "../../formats/ndjson/record-lines.ts";
import { RecordRun } from "../../formats/ndjson/record-run.ts";
import { checkRecord } from "../../json/record-check.ts";
import { AbsentFields } from "../../keys/absent-fields.ts";
import type { Field } from "../../keys/field-list.ts";
import { KeyBytes, SEQUENCE_BYTES } from "../../keys/key-bytes.ts";
import { RecordKeys } from "../../keys/record-keys.ts";
import { compareKeys } from "../../runs/entry-buffer.ts";
import { ExternalSort } from "../../runs/external-sort.ts";
import { HeapBound, MEMORY_ADVICE } from "../heap-bound.ts";

export interface UniqueRecordsOptions extends LineSourceOptions {
  /** The fields that make a record another one; none: its bytes. */
  readonly by: readonly Field[];
  /** Whether a record is compared with the one before it only. */
  readonly isAdjacent: boolean;
  /** How much memory may be taken, in bytes. */
  readonly memoryBytes: number;
}

/**
 * The first record of each kind, in their order, by their own bytes.
 *
 * As long as the kinds that were seen fit in memory, each record is passed on as soon as it comes. Then new ones wait for the end
 * of the input in a temporary file: sorted by kind, of which the first is taken, and sorted back into their order.
 */
export function uniqueRecords(options: UniqueRecordsOptions): Transcoder {
  const { by, isAdjacent, memoryBytes } = options;
  return recordLines(options, (position) => {
    const paths = by.map(({ path }) => path);
    const keys = new RecordKeys(paths, position);
    const absent = new AbsentFields(paths);
    const key = new KeyBytes();
    const run = new RecordRun();
    const heap = new HeapBound(MEMORY_ADVICE);
    const seen = new Set<string>();
    let seenBytes = 0;
    let last: string | undefined;
    let later: ExternalSort | undefined;
    let count = 0;

    /** Whether this record is to be passed on now. */
    const isNew = (bytes: Buffer, start: number, end: number): boolean => {
      const text = key.text();
      if (isAdjacent) {
        const isSame = text === last;
        last = text;
        return !isSame;
      }
      if (seen.has(text)) return false;
      if (later === undefined && seenBytes + text.length + SEEN_BYTES <= memoryBytes / 2) {
        seenBytes += text.length + SEEN_BYTES;
        seen.add(text);
        return true;
      }
      later ??= new ExternalSort(memoryBytes / 4);
      key.addSequence(count++);
      later.add(key.bytes, key.length, bytes, start, end);
      return false;
    };

    return {
      record(bytes, lineStart, start, out) {
        key.clear();
        let end: number;
        if (by.length === 0) {
          end = checkRecord(bytes, lineStart, start, position);
          key.addBytes(bytes, start, end);
        } else {
          end = keys.read(bytes, lineStart, start);
          absent.pass(keys.values);
          for (const value of keys.values) key.add(value);
        }
        heap.passed(end - start);
        if (isNew(bytes, start, end)) run.add(bytes, start, end, out);
        return end;
      },
      endOfLines(bytes, out) {
        run.end(bytes, out);
      },
      finish(out) {
        absent.tell(position.source, options.warn);
        seen.clear();
        if (later !== undefined) putFirsts(later, { memoryBytes: memoryBytes / 4, heap, out });
      },
    };
  });
}

interface Firsts {
  readonly memoryBytes: number;
  readonly heap: HeapBound;
  readonly out: ByteSink;
}

/** Of entries whose keys end in a sequence number: the first of each key, in the order of their numbers. */
function putFirsts(sorted: ExternalSort, { memoryBytes, heap, out }: Firsts): void {
  const inOrder = new ExternalSort(memoryBytes);
  let last = Buffer.alloc(0);
  let isFirst = true;
  const sequence = Buffer.alloc(SEQUENCE_BYTES);
  sorted.drain((bytes, keyStart, keyEnd, end) => {
    heap.passed(end - keyStart);
    const kindEnd = keyEnd - SEQUENCE_BYTES;
    if (!isFirst && compareKeys(bytes, keyStart, kindEnd, last, 0, last.length) === 0) return;
    isFirst = false;
    last = Buffer.from(bytes.subarray(keyStart, kindEnd));
    bytes.copy(sequence, 0, kindEnd, keyEnd);
    inOrder.add(sequence, SEQUENCE_BYTES, bytes, keyEnd, end - 1);
  });
  inOrder.drain((bytes, _keyStart, keyEnd, end) => out.appendRecords(bytes, keyEnd, end));
}

/** What a kind takes in the set besides its text, about. */
const SEEN_BYTES = 64;
