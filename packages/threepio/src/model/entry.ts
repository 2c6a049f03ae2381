import type { Status } from "../journal/event.ts";

/** What an entry of the index is about. */
export const ENTRY_KINDS = ["error", "group", "output", "attempt", "end", "retry", "subtest"] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

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

/** An entry as one line, without its newline; a key has neither tabs nor newlines. */
export function entryLine({ key, t, writer, seq, kind, status, ms, detail }: Entry): string {
  const place = detail === undefined ? "" : `\t${detail[0]}\t${detail[1]}\t${detail[2]}`;
  return `${key}\t${t}\t${writer}\t${seq}\t${kind}\t${status ?? ""}\t${ms ?? ""}${place}`;
}

export function entryOfLine(line: string): Entry {
  const [key, t, writer, seq, kind, status, ms, file, offset, length] = line.split("\t");
  return {
    key: key!,
    t: Number(t),
    writer: writer!,
    seq: Number(seq),
    kind: kind as EntryKind,
    status: status === "" ? undefined : (status as Status),
    ms: ms === "" ? undefined : Number(ms),
    detail: file === undefined ? undefined : [Number(file), Number(offset), Number(length)],
  };
}
