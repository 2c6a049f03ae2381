import { closeSync, openSync } from "node:fs";
import { descriptorSink } from "@jn/wire";
import { BAD_STATUSES } from "../journal/event.ts";
import { type Counts, noCounts, total } from "./counts.ts";
import type { DetailPlace, Entry } from "./entry.ts";
import { pathOfKey, rootOfKey } from "./test-key.ts";
import { textLines } from "./text-lines.ts";
import { type Remark, type Verdict, verdicts } from "./verdicts.ts";

/** One root group: a file, a package, a crate. */
export interface RootGroup {
  /** Its name. */
  readonly name: string;
  readonly counts: Counts;
  /** Parts of tests that passed, and that failed. */
  readonly subtests: readonly [passed: number, failed: number];
  /** How often something in it failed that is no test: collection, compilation, a hook. */
  readonly errors: number;
  /** Its time by the runner, or else the sum of its tests'. */
  readonly ms: number | undefined;
}

/** A test that failed, or a group's error. */
export interface Failure {
  readonly path: readonly string[];
  /** What went wrong: a verdict, or `error` for a group. */
  readonly status: string;
  readonly detail: DetailPlace | undefined;
}

/** All tests, counted. */
export interface Overview {
  readonly counts: Counts;
  readonly subtests: readonly [passed: number, failed: number];
  readonly errors: number;
  readonly roots: number;
  /** The first failures, in the order of the reports. */
  readonly failures: readonly Failure[];
  readonly failuresTotal: number;
}

/** How many failures an overview has by name. */
const MAX_FAILURES = 100;

/**
 * Counts everything in one pass over the index, and writes what there is to say about each root group to a file, in order: so
 * that reports can begin with their sums and memory does not grow with the number of groups.
 *
 * @param path the file to write; read it with `rootGroups`
 */
export function overviewOf(entries: Iterable<Entry>, path: string): Overview {
  const sums = { counts: noCounts(), subtests: [0, 0] as [number, number], errors: 0, roots: 0 };
  const failures: Failure[] = [];
  let failuresTotal = 0;
  const fd = openSync(path, "w");
  const sink = descriptorSink(fd, path);
  let tally: Tally | undefined;
  const end = (): void => {
    if (tally === undefined) return;
    const group = groupOf(tally);
    const line = Buffer.from(`${JSON.stringify(group)}\n`);
    sink.append(line, 0, line.length);
    sink.commit();
    sums.roots++;
    sums.errors += group.errors;
    for (const at of [0, 1] as const) sums.subtests[at] += group.subtests[at];
    for (const status of Object.keys(sums.counts) as (keyof Counts)[]) sums.counts[status] += group.counts[status];
  };
  for (const item of verdicts(entries)) {
    const root = rootOfKey(item.key);
    if (tally?.root !== root) {
      end();
      tally = {
        root,
        key: item.key,
        counts: noCounts(),
        subtests: [0, 0],
        errors: 0,
        testsMs: undefined,
        ms: undefined,
      };
    }
    const failure = counted(item, tally);
    if (failure === undefined) continue;
    failuresTotal++;
    if (failures.length < MAX_FAILURES) {
      failures.push({ path: pathOfKey(item.key), status: failure, detail: item.entry.detail });
    }
  }
  end();
  sink.flush();
  closeSync(fd);
  return { ...sums, failures, failuresTotal };
}

/** The root groups that `overviewOf` has written, in order. */
export function* rootGroups(path: string): Generator<RootGroup, void, undefined> {
  const fd = openSync(path, "r");
  try {
    for (const line of textLines(fd, path)) yield JSON.parse(line) as RootGroup;
  } finally {
    closeSync(fd);
  }
}

/** How many results reports for other programs have: tests, and whatever else failed. */
export function reportedTotal({ counts, errors, subtests }: Pick<Overview, "counts" | "errors" | "subtests">): number {
  return total(counts) + errors + subtests[1];
}

interface Tally {
  readonly root: string;
  readonly key: string;
  readonly counts: Counts;
  readonly subtests: [number, number];
  errors: number;
  testsMs: number | undefined;
  ms: number | undefined;
}

function groupOf({ key, counts, subtests, errors, testsMs, ms }: Tally): RootGroup {
  return { name: pathOfKey(key)[0]!, counts, subtests, errors, ms: ms ?? testsMs };
}

/** Counts one item; returns how it failed, if it did. */
function counted(item: Verdict | Remark, tally: Tally): string | undefined {
  const { entry } = item;
  if (item.kind === "test") {
    tally.counts[item.status]++;
    if (item.isFlaky) tally.counts.flaky++;
    if (entry.ms !== undefined) tally.testsMs = (tally.testsMs ?? 0) + entry.ms;
    return BAD_STATUSES.has(item.status) ? item.status : undefined;
  }
  if (entry.kind === "subtest") {
    const isBad = entry.status !== undefined && BAD_STATUSES.has(entry.status);
    tally.subtests[isBad ? 1 : 0]++;
    return isBad ? "fail" : undefined;
  }
  if (entry.kind === "error") {
    tally.errors++;
    return "error";
  }
  // Only the root itself has its time here: groups in it have further names.
  if (entry.kind === "group" && pathOfKey(item.key).length === 2) tally.ms = (tally.ms ?? 0) + (entry.ms ?? 0);
  return undefined;
}
