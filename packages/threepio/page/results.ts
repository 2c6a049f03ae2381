import { Names } from "./names.ts";
import type { PageRun, PageTests } from "./page-data.ts";

/** Statuses by their number in `Results.status`, which is the place of their letter in the data. */
export const STATUSES = ["pass", "fail", "error", "crashed", "skip", "todo", "xfail", "xpass", "flaky"] as const;

export type Shown = (typeof STATUSES)[number];

/** All results, in columns: a row object each would cost too much at hundreds of thousands. */
export interface Results {
  readonly run: PageRun;
  readonly count: number;
  readonly names: Names;
  readonly group: Int32Array;
  readonly status: Uint8Array;
  /** NaN: not known. */
  readonly ms: Float64Array;
  /** Milliseconds after the run's start; NaN: not known. */
  readonly end: Float64Array;
  readonly worker: Int32Array;
  readonly workers: readonly string[];
  /** Ids of results that failed or were flaky. */
  readonly ids: ReadonlyMap<number, string>;
  readonly groups: Groups;
}

/** Groups in the order of their results: each one before those in it. */
export interface Groups {
  readonly count: number;
  readonly names: readonly string[];
  /** -1 for a file. */
  readonly parent: Int32Array;
  readonly depth: Uint8Array;
  /** The results that stand in it directly: from start to end. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Names from the file on, in lower case, as searched. */
  readonly searched: readonly string[];
}

/** Puts the blocks of the page's data together. */
export function resultsOf(run: PageRun, blocks: readonly PageTests[]): Results {
  const total = blocks.reduce((sum, { names }) => sum + names.length, 0);
  const group = new Int32Array(total);
  const status = new Uint8Array(total);
  const ms = new Float64Array(total);
  const end = new Float64Array(total);
  const worker = new Int32Array(total);
  const workers: string[] = [];
  const ids = new Map<number, string>();
  const groups: (readonly [parent: number, name: string])[] = [];
  let at = 0;
  for (const block of blocks) {
    groups.push(...block.groups);
    workers.push(...block.workers);
    for (const [index, id] of block.ids) ids.set(at + index, id);
    fillRuns(group, at, block.group);
    fillRuns(worker, at, block.worker);
    let last = 0;
    for (let index = 0; index < block.names.length; index++, at++) {
      status[at] = LETTERS.indexOf(block.status[index]!);
      ms[at] = block.ms[index] ?? Number.NaN;
      const after = block.end[index] ?? undefined;
      if (after !== undefined) last += after;
      end[at] = after === undefined ? Number.NaN : last;
    }
  }
  const names = new Names(blocks);
  return { run, count: total, names, group, status, ms, end, worker, workers, ids, groups: groupsOf(groups, group) };
}

/** Value, count, value, count, ... */
function fillRuns(column: Int32Array, start: number, runs: readonly number[]): void {
  for (let index = 0, at = start; index < runs.length; index += 2) {
    const next = at + runs[index + 1]!;
    column.fill(runs[index]!, at, next);
    at = next;
  }
}

/** One letter a status, in the order of `STATUSES`. */
const LETTERS = "pfecstxuk";

function groupsOf(list: readonly (readonly [parent: number, name: string])[], group: Int32Array): Groups {
  const count = list.length;
  const parent = new Int32Array(count);
  const depth = new Uint8Array(count);
  const start = new Int32Array(count);
  const end = new Int32Array(count);
  const names: string[] = [];
  const searched: string[] = [];
  for (const [index, [above, name]] of list.entries()) {
    parent[index] = above;
    depth[index] = above < 0 ? 0 : Math.min(255, depth[above]! + 1);
    names.push(name);
    const lower = name.toLowerCase();
    searched.push(above < 0 ? lower : `${searched[above]!}\n${lower}`);
  }
  for (let at = 0; at < group.length; at++) {
    const own = group[at]!;
    if (at === 0 || group[at - 1] !== own) start[own] = at;
    end[own] = at + 1;
  }
  return { count, names, parent, depth, start, end, searched };
}

/** The names from the file to the result. */
export function pathOf({ groups, group, names }: Results, index: number): readonly string[] {
  const path = [names.of(index)];
  for (let at = group[index]!; at >= 0; at = groups.parent[at]!) path.unshift(groups.names[at]!);
  return path;
}
