import { BAD_STATUSES, type Status } from "../journal/event.ts";
import type { Entry } from "./entry.ts";

/** The final word on one test. */
export interface Verdict {
  readonly kind: "test";
  readonly key: string;
  readonly status: Status;
  /** 0, or 1 for the second test with the same path, and so on. */
  readonly occurrence: number;
  /** The entry with the verdict. */
  readonly entry: Entry;
  /** Earlier tries that did not count, in order. */
  readonly attempts: readonly Entry[];
  /** Passed, after an attempt that had failed. */
  readonly isFlaky: boolean;
}

/** An entry about a group, or about a part of a test. */
export interface Remark {
  readonly kind: "remark";
  readonly key: string;
  readonly entry: Entry;
}

/**
 * Entries of the index as verdicts. Each `end` is one test; attempts before it belong to it. A second `end` with the same path
 * is another test of the same title, unless a `retry` stands between them: then the first one was an attempt. Attempts that no
 * `end` follows are a test that was not tried again: the last one counts.
 */
export function* verdicts(entries: Iterable<Entry>): Generator<Verdict | Remark, void, undefined> {
  let key: string | undefined;
  let occurrence = 0;
  let attempts: Entry[] = [];
  /** A verdict, until the next entry shows that it was the last one. */
  let last: Verdict | undefined;
  for (const entry of entries) {
    if (last !== undefined && (entry.key !== key || entry.kind !== "retry")) {
      yield last;
      last = undefined;
    }
    if (entry.key !== key) {
      if (attempts.length > 0) yield verdict(attempts.pop()!, attempts, occurrence);
      ({ key } = entry);
      occurrence = 0;
      attempts = [];
    }
    switch (entry.kind) {
      case "attempt":
        attempts.push(entry);
        break;
      case "end":
        last = verdict(entry, attempts, occurrence++);
        attempts = [];
        break;
      case "retry":
        if (last === undefined) break;
        attempts = [...last.attempts, last.entry];
        last = undefined;
        occurrence--;
        break;
      default:
        yield { kind: "remark", key: entry.key, entry };
    }
  }
  if (last !== undefined) yield last;
  if (attempts.length > 0) yield verdict(attempts.pop()!, attempts, occurrence);
}

function verdict(entry: Entry, attempts: readonly Entry[], occurrence: number): Verdict {
  const status = entry.status ?? "error";
  const hasFailed = attempts.some((attempt) => attempt.status !== undefined && BAD_STATUSES.has(attempt.status));
  const isFlaky = status === "pass" && hasFailed;
  return { kind: "test", key: entry.key, status, occurrence, entry, attempts, isFlaky };
}
