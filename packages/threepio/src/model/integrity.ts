import type { SegmentIntegrity } from "../journal/line-format.ts";
import { STATUSES } from "../journal/event.ts";
import type { RunFacts } from "./collector.ts";
import { type Counts, total } from "./counts.ts";

/** Whether the journal is whole, in numbers and words. */
export interface IntegrityVerdict {
  readonly isWhole: boolean;
  /** `2 writers, 26 written = 26 read, 0 bad lines`. */
  readonly summary: string;
  /** What is wrong, one sentence each; empty when nothing is. */
  readonly problems: readonly string[];
  /** What is no loss, and good to know: tests that the runner knew of and did not run. */
  readonly remarks: readonly string[];
}

/** Judges the account of all segments, and the verdicts against what the runners say themselves. */
export function integrityVerdict(
  segments: readonly SegmentIntegrity[],
  facts: RunFacts,
  counts: Readonly<Counts>,
): IntegrityVerdict {
  const journal = segments.filter((segment) => segment.isJournal);
  const streams = segments.filter((segment) => !segment.isJournal);
  const read = sum(journal, (segment) => segment.read);
  const written = sum(journal, (segment) => segment.written ?? segment.read + segment.missing);
  const bad = sum(segments, (segment) => segment.bad);
  const isCertain = journal.every((segment) => segment.isEnded);
  const problems = [...journal.flatMap(segmentProblems), ...streams.flatMap(segmentProblems)];
  problems.push(...verdictProblems(facts, counts));
  const lines = streams.map((segment) => `, ${segment.read} lines of ${segment.segment}`).join("");
  const summary =
    `${journal.length} ${journal.length === 1 ? "writer" : "writers"}, ` +
    `${isCertain ? "" : "at least "}${written} written ${written === read ? "=" : "but"} ${read} read, ` +
    `${bad} bad ${bad === 1 ? "line" : "lines"}${lines}`;
  return { isWhole: problems.length === 0, summary, problems, remarks: verdictRemarks(facts, counts) };
}

function verdictRemarks({ collected }: RunFacts, counts: Readonly<Counts>): string[] {
  const verdicts = total(counts);
  if (collected === undefined || collected <= verdicts) return [];
  return [`${collected} tests were collected, ${verdicts} have a verdict: ${collected - verdicts} were not run`];
}

function segmentProblems(segment: SegmentIntegrity): string[] {
  const { segment: name, written, read, failures, bad, badPlaces, missing, repeated, tornBytes, isEnded } = segment;
  const problems: string[] = [];
  if (!isEnded) problems.push(`${name}: its writer did not get to the end; it was killed, or is still at work`);
  if (tornBytes > 0) problems.push(`${name}: the last line is cut off, ${tornBytes} bytes`);
  if (failures > 0) problems.push(`${name}: ${failures} events could not be written`);
  if (missing > failures) problems.push(`${name}: ${missing - failures} events are missing`);
  if (repeated > 0) problems.push(`${name}: ${repeated} event numbers are there twice`);
  if (written !== undefined && written !== read && missing === 0) {
    problems.push(`${name}: ${written} events were written, ${read} read`);
  }
  if (bad > 0) {
    const places = badPlaces.map(({ offset, length }) => `${offset}-${offset + length}`).join(", ");
    problems.push(`${name}: ${bad} lines are no events, at bytes ${places}${bad > badPlaces.length ? ", ..." : ""}`);
  }
  return problems;
}

function verdictProblems({ collected, totals }: RunFacts, counts: Readonly<Counts>): string[] {
  const problems: string[] = [];
  const verdicts = total(counts);
  if (collected !== undefined && collected < verdicts) {
    problems.push(`${collected} tests were collected, and more than that, ${verdicts}, have a verdict`);
  }
  if (totals !== undefined) {
    for (const status of STATUSES) {
      const theirs = totals[status];
      if (theirs !== undefined && theirs !== counts[status]) {
        problems.push(`the runner counts ${theirs} ${status}, its events say ${counts[status]}`);
      }
    }
  }
  return problems;
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((so, item) => so + value(item), 0);
}
