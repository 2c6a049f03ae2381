import { type Status, STATUSES } from "../journal/event.ts";

/** How many tests have which verdict; `flaky` passed at last, after a failed attempt, and are among `pass`. */
export type Counts = Record<Status | "flaky", number>;

export function noCounts(): Counts {
  return { pass: 0, fail: 0, error: 0, crashed: 0, skip: 0, todo: 0, xfail: 0, xpass: 0, flaky: 0 };
}

/** Tests with a verdict. */
export function total(counts: Readonly<Partial<Counts>>): number {
  return STATUSES.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
}

/** Tests that failed, whatever for. */
export function badTotal(counts: Readonly<Counts>): number {
  return counts.fail + counts.error + counts.crashed;
}

/** `12 passed, 1 failed`: what is there, the bad first. */
export function countsText(counts: Readonly<Counts>): string {
  const parts = SHOWN.filter(([status]) => counts[status] > 0).map(([status, word]) => `${counts[status]} ${word}`);
  return parts.length === 0 ? "no tests" : parts.join(", ");
}

/** `12 tests`, `1 test`. */
export function testsText(count: number): string {
  return `${count} ${count === 1 ? "test" : "tests"}`;
}

/** The words for a verdict, as people say it of a number of tests. */
const SHOWN: readonly (readonly [Status | "flaky", string])[] = [
  ["fail", "failed"],
  ["error", "broken in set-up or teardown"],
  ["crashed", "crashed"],
  ["pass", "passed"],
  ["flaky", "of them flaky"],
  ["skip", "skipped"],
  ["todo", "to do"],
  ["xfail", "failed as expected"],
  ["xpass", "passed unexpectedly"],
];
