import type { Status } from "../journal/event.ts";

/** What an entry of the index is about; in this order within a test. */
export type EntryKind = "error" | "group" | "output" | "attempt" | "end" | "retry" | "subtest";

/** Where the whole event can be read again: which file, and the bytes of its line. */
export type DetailPlace = readonly [file: number, offset: number, length: number];

/**
 * What the index keeps of an event: enough to order and count it. Everything else is read from the journal when a report
 * needs it, so that a passing test costs a few bytes.
 */
export interface Entry {
  readonly key: string;
  readonly t: number;
  readonly writer: string;
  readonly seq: number;
  readonly kind: EntryKind;
  readonly status: Status | undefined;
  readonly ms: number | undefined;
  readonly detail: DetailPlace | undefined;
}

/** Order of the index: by key, then by time; never 0 for two different events. */
export function compareEntries(left: Entry, right: Entry): number {
  if (left.key !== right.key) return left.key < right.key ? -1 : 1;
  if (left.t !== right.t) return left.t - right.t;
  if (left.writer !== right.writer) return left.writer < right.writer ? -1 : 1;
  return left.seq - right.seq;
}

/** An entry as one line of JSON, without its newline. */
export function entryLine({ key, t, writer, seq, kind, status, ms, detail }: Entry): string {
  return JSON.stringify([key, t, writer, seq, kind, status ?? 0, ms ?? -1, ...(detail ?? [])]);
}

export function entryOfLine(line: string): Entry {
  const [key, t, writer, seq, kind, status, ms, ...detail] = JSON.parse(line) as [
    string,
    number,
    string,
    number,
    EntryKind,
    Status | 0,
    number,
    ...number[],
  ];
  return {
    key,
    t,
    writer,
    seq,
    kind,
    status: status === 0 ? undefined : status,
    ms: ms < 0 ? undefined : ms,
    detail: detail.length === 3 ? (detail as unknown as DetailPlace) : undefined,
  };
}
