import type { Result } from "../model/result.ts";

/** The results that took longest, the slowest first; at most `limit` are held. */
export function slowest(results: Iterable<Result>, limit: number): readonly Result[] {
  let kept: Result[] = [];
  let least = -Infinity;
  const trimmed = (): void => {
    kept = kept.toSorted((left, right) => right.entry.ms! - left.entry.ms!).slice(0, limit);
    if (kept.length === limit) least = kept.at(-1)!.entry.ms!;
  };
  for (const result of results) {
    if (result.kind !== "test" || result.entry.ms === undefined || result.entry.ms <= least) continue;
    kept.push(result);
    // Sorted now and then, so that each result costs little.
    if (kept.length >= 2 * limit + SLACK) trimmed();
  }
  trimmed();
  return kept;
}

const SLACK = 100;
