import { isBad, isReported, type Result } from "../model/result.ts";
import { type ResultRecord, recordOf } from "../model/result-record.ts";
import type { OpenedRun } from "../run/opened-run.ts";

/**
 * What has become of a test between two runs.
 * - `new`: it fails, and did not, or was not there
 * - `fixed`: it failed, and does not any more
 * - `still`: it fails, as it did
 * - `added`, `removed`: it is in one of them only, and does not fail
 */
export type Change = "new" | "fixed" | "still" | "added" | "removed";

export const CHANGES: readonly Change[] = ["new", "still", "fixed", "added", "removed"];

export interface Difference {
  readonly change: Change;
  /** The result in the later run; in the earlier one, if it was removed. */
  readonly result: ResultRecord;
  /** Its status in the earlier run. */
  readonly before: string | undefined;
}

/** Compares two runs test by test. Both are read in their common order, side by side: nothing is held of either. */
export function* differences(before: OpenedRun, after: OpenedRun): Generator<Difference, void, undefined> {
  const [old, now] = [reported(before), reported(after)];
  let [left, right] = [old.next(), now.next()];
  while (left.done !== true || right.done !== true) {
    const order = left.done === true ? 1 : right.done === true ? -1 : compare(left.value, right.value);
    const earlier = order <= 0 && left.done !== true ? left.value : undefined;
    const later = order >= 0 && right.done !== true ? right.value : undefined;
    const change = changeOf(earlier, later);
    if (change !== undefined) {
      const [run, result] = later === undefined ? [before, earlier!] : [after, later];
      const record = recordOf(run.folder.id, result, run.collection.detailOf(result.entry));
      yield { change, result: record, before: earlier?.status };
    }
    if (earlier !== undefined) left = old.next();
    if (later !== undefined) right = now.next();
  }
}

function changeOf(earlier: Result | undefined, later: Result | undefined): Change | undefined {
  if (later === undefined) return isBad(earlier!) && earlier!.kind !== "test" ? "fixed" : "removed";
  if (isBad(later)) return earlier !== undefined && isBad(earlier) ? "still" : "new";
  if (earlier === undefined) return "added";
  return isBad(earlier) ? "fixed" : undefined;
}

function* reported(run: OpenedRun): Generator<Result, void, undefined> {
  // Within a path the kinds may come in any order; their order here has to be the same for both runs.
  let same: Result[] = [];
  for (const result of run.collection.results()) {
    if (!isReported(result)) continue;
    if (same.length > 0 && same[0]!.key !== result.key) {
      yield* same.toSorted(compare);
      same = [];
    }
    same.push(result);
  }
  yield* same.toSorted(compare);
}

function compare(left: Result, right: Result): number {
  if (left.key !== right.key) return left.key < right.key ? -1 : 1;
  if (left.kind !== right.kind) return left.kind < right.kind ? -1 : 1;
  return left.occurrence - right.occurrence;
}
