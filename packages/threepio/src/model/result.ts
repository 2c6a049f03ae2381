import { BAD_STATUSES, type Status } from "../journal/event.ts";
import { sha256 } from "../sha256.ts";
import type { Entry } from "./entry.ts";
import { verdicts } from "./verdicts.ts";

/**
 * What counts as one result, in every query and report: a test's verdict; a part of a test; an error outside of tests, such as
 * a file that cannot be imported.
 */
export interface Result {
  readonly kind: "test" | "part" | "error";
  readonly key: string;
  readonly status: Status;
  /** 0, or 1 for the second result of this kind with the same path, and so on. */
  readonly occurrence: number;
  readonly entry: Entry;
  /** Earlier tries that did not count. */
  readonly attempts: readonly Entry[];
  readonly isFlaky: boolean;
}

/** Entries of the index as results; those that say only a group's time or output are left out. */
export function* resultsOf(entries: Iterable<Entry>): Generator<Result, void, undefined> {
  let key: string | undefined;
  let seen = { part: 0, error: 0 };
  for (const item of verdicts(entries)) {
    if (item.kind === "test") {
      yield item;
      continue;
    }
    const { entry } = item;
    if (entry.kind !== "subtest" && entry.kind !== "error") continue;
    if (item.key !== key) {
      ({ key } = item);
      seen = { part: 0, error: 0 };
    }
    const kind = entry.kind === "subtest" ? "part" : "error";
    const status = entry.status ?? "error";
    yield { kind, key, status, occurrence: seen[kind]++, entry, attempts: [], isFlaky: false };
  }
}

export function isBad({ status }: Result): boolean {
  return BAD_STATUSES.has(status);
}

/**
 * Whether reports for other programs have it: they know only tests. A part that passed is left out, so that the totals are
 * those of the tests; what failed is always there.
 */
export function isReported(result: Result): boolean {
  return result.kind !== "part" || isBad(result);
}

/** The name of a result across runs: 16 hexadecimal digits, a hash of its path, kind and occurrence. */
export function resultId({ kind, key, occurrence }: Pick<Result, "kind" | "key" | "occurrence">): string {
  return sha256(`${kind}\t${occurrence}\t${key}`, ID_LENGTH);
}

const ID_LENGTH = 16;
