import type { Database } from "node-sqlite3-wasm";
import { BAD_STATUSES, type Status } from "../journal/event.ts";

/** A test whose verdict does not depend on the files under test alone. */
export interface FlakyTest {
  readonly id: string;
  readonly title: string;
  /** Runs that it passed or failed in. */
  readonly runs: number;
  /** Of these, how many it failed in. */
  readonly failed: number;
  /** Runs that it passed in after an attempt that had failed. */
  readonly retried: number;
  /** Trees that it both passed and failed in, without a change between. */
  readonly trees: number;
  /** The last run that showed it. */
  readonly lastRun: string;
}

/**
 * Tests that passed on a retry, or both passed and failed in runs of the same tree; most often first. All verdicts are read in the order
 * of their tests, at most `limit` tests are held.
 */
export function flakyTests(database: Database, limit: number): readonly FlakyTest[] {
  let kept: FlakyTest[] = [];
  const sorted = (): FlakyTest[] =>
    kept.toSorted((left, right) => weight(right) - weight(left) || (left.title < right.title ? -1 : 1)).slice(0, limit);
  let tally: Tally | undefined;
  const end = (): void => {
    const flaky = tally && flakyOf(database, tally);
    if (flaky === undefined) return;
    kept.push(flaky);
    if (kept.length >= 2 * limit) kept = sorted();
  };
  const statement = database.prepare(
    "SELECT v.test AS test, v.status AS status, v.flaky AS flaky, r.tree AS tree, r.id AS run " +
      "FROM verdicts v CROSS JOIN runs r ON r.run = v.run ORDER BY v.test, v.run",
  );
  try {
    for (const row of statement.iterate() as IterableIterator<Row>) {
      if (row.test !== tally?.test) {
        end();
        tally = { test: row.test, runs: 0, failed: 0, retried: 0, trees: new Map(), lastRun: "" };
      }
      counted(row, tally);
    }
    end();
  } finally {
    statement.finalize();
  }
  return sorted();
}

interface Row extends Record<string, number | string | null> {
  readonly test: number;
  readonly status: string;
  readonly flaky: number;
  readonly tree: string | null;
  readonly run: string;
}

interface Tally {
  readonly test: number;
  runs: number;
  failed: number;
  retried: number;
  /** Of each tree: whether it passed, whether it failed. */
  readonly trees: Map<string, { passed: boolean; failed: boolean }>;
  lastRun: string;
}

function counted({ status, flaky, tree, run }: Row, tally: Tally): void {
  const isFailure = BAD_STATUSES.has(status as Status);
  // A test that was skipped says nothing.
  if (!isFailure && status !== "pass" && status !== "xpass") return;
  tally.runs++;
  if (isFailure) tally.failed++;
  if (flaky === 1) {
    tally.retried++;
    tally.lastRun = run;
  }
  if (tree === null) return;
  const seen = tally.trees.get(tree) ?? { passed: false, failed: false };
  const hadChanged = seen.passed && seen.failed;
  seen[isFailure ? "failed" : "passed"] = true;
  tally.trees.set(tree, seen);
  if (!hadChanged && seen.passed && seen.failed) tally.lastRun = run;
}

function flakyOf(database: Database, { test, runs, failed, retried, trees, lastRun }: Tally): FlakyTest | undefined {
  const changed = [...trees.values()].filter((seen) => seen.passed && seen.failed).length;
  if (retried + changed === 0) return undefined;
  const row = database.get("SELECT id, title FROM tests WHERE test = ?", [test])!;
  const { id, title } = row as { readonly id: string; readonly title: string };
  return { id, title, runs, failed, retried, trees: changed, lastRun };
}

function weight({ retried, trees }: FlakyTest): number {
  return retried + trees;
}
