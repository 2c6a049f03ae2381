import type { JournalEvent, RunEnd, RunStart, SourceTree, Status } from "../journal/event.ts";
import type { LinePlace } from "../journal/line-format.ts";
import { type Counts, noCounts } from "./counts.ts";
import type { DetailStore } from "./detail-store.ts";
import type { Entry, EntryKind } from "./entry.ts";
import type { SortedIndex } from "./sorted-index.ts";
import { groupKey, pathOfKey, testKey } from "./test-key.ts";
import type { WriterHome } from "./writer-home.ts";

/** What is known of the run as a whole. */
export interface RunFacts {
  readonly start: RunStart | undefined;
  readonly end: RunEnd | undefined;
  readonly tree: SourceTree | undefined;
  readonly runId: string | undefined;
  /** Times of the first and last event, ms since 1970. */
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  /** `pytest 9.2.0`: who has said hello, in alphabetical order. */
  readonly runners: readonly string[];
  /** Tests that the runners said they would run; undefined when none said. */
  readonly collected: number | undefined;
  /** The runners' own totals; undefined when none gave them. */
  readonly totals: Readonly<Partial<Record<Status, number>>> | undefined;
}

/** Takes events as they are read, whatever the order of the writers, and keeps what reports need: index, counters, facts. */
export class Collector {
  readonly counts: Counts = noCounts();
  /** Events taken. */
  taken = 0;
  readonly #index: SortedIndex;
  readonly #details: DetailStore;
  /** Tests at work, by writer and key: a few, as many as run at the same time. */
  readonly #running = new Map<string, Map<string, Entry[]>>();
  /** Of these, tests that may be groups. */
  readonly #maybeGroups = new Set<string>();
  readonly #collected = new Map<string, number>();
  readonly #totals = new Map<string, Readonly<Partial<Record<Status, number>>>>();
  readonly #homes = new Map<string, WriterHome>();
  readonly #runners = new Set<string>();
  #start: RunStart | undefined;
  #end: RunEnd | undefined;
  #tree: SourceTree | undefined;
  #runId: string | undefined;
  #firstMs: number | undefined;
  #lastMs: number | undefined;

  constructor(index: SortedIndex, details: DetailStore) {
    this.#index = index;
    this.#details = details;
  }

  apply(event: JournalEvent, file: number, place: LinePlace | undefined): void {
    this.taken++;
    if (event.run !== "" && event.part === undefined) this.#runId ??= event.run;
    // Output of a runner that tells no time has 0.
    if (event.t > 0) {
      this.#firstMs = Math.min(this.#firstMs ?? event.t, event.t);
      this.#lastMs = Math.max(this.#lastMs ?? event.t, event.t);
    }
    switch (event.type) {
      case "test.start": {
        const key = testKey(event);
        if (event.maybeGroup === true) this.#maybeGroups.add(key);
        const running = this.#runningOf(event.writer);
        const entries = running.get(key);
        const entry = entryOf(event, key, "end", { status: "crashed" });
        if (entries === undefined) running.set(key, [entry]);
        else entries.push(entry);
        return;
      }
      case "test.end":
      case "test.attempt":
      case "subtest.end": {
        const key = testKey(event);
        const hasDetail =
          event.error !== undefined ||
          event.output !== undefined ||
          event.reason !== undefined ||
          event.line !== undefined;
        const detail = hasDetail ? this.#details.placeOf(event, file, place) : undefined;
        const kind = KINDS[event.type];
        this.#index.add(entryOf(event, key, kind, { status: event.status, ms: event.ms, detail }));
        if (kind === "end") {
          this.counts[event.status]++;
          this.#ended(event.writer, key);
        } else if (kind === "attempt") this.#triedAgain(event, key);
        return;
      }
      case "test.retry":
        this.counts[event.status]--;
        this.#index.add(entryOf(event, testKey(event), "retry", { status: event.status }));
        return;
      case "group.error":
        this.#index.add(
          entryOf(event, groupKey(event), "error", { detail: this.#details.placeOf(event, file, place) }),
        );
        return;
      case "output":
        this.#index.add(
          entryOf(event, groupKey(event), "output", { detail: this.#details.placeOf(event, file, place) }),
        );
        return;
      case "group.end":
        this.#index.add(entryOf(event, groupKey(event), "group", { ms: event.ms }));
        // It had been announced as a test.
        this.#ended(event.writer, testKey(event));
        return;
      case "collected":
        this.#collected.set(event.writer, (this.#collected.get(event.writer) ?? 0) + event.count);
        return;
      case "totals":
        this.#totals.set(event.writer, event.counts);
        return;
      case "hello":
        this.#homes.set(event.writer, { runner: event.runner, cwd: event.cwd, root: event.root });
        if (event.runner !== OURSELVES) this.#runners.add(`${event.runner} ${event.runnerVersion ?? ""}`.trimEnd());
        return;
      case "run.start":
        // What is said of a part was said again of the whole when it was put together.
        if (event.part === undefined) this.#start ??= event;
        return;
      case "run.tree":
        this.#tree ??= { commit: event.commit, tree: event.tree };
        return;
      case "run.end":
        if (event.part === undefined) this.#end = event;
        break;
      case "bye":
      // Its segment keeps the account.
    }
  }

  /** Tests that have started and not ended: running while the run is on, crashed when it is over. */
  open(): readonly Entry[] {
    const entries = [...this.#running.values()].flatMap((running) => [...running.values()].flat());
    return entries.filter(({ key }) => {
      if (!this.#maybeGroups.has(key)) return true;
      const beginning = groupKey({ path: pathOfKey(key) }).slice(0, -1);
      return !entries.some((other) => other.key !== key && other.key.startsWith(beginning));
    });
  }

  /** The runner that a writer belongs to. */
  runnerOf(writer: string): string | undefined {
    return this.#homes.get(writer)?.runner;
  }

  /** Who a writer is, for `selectionsFor`. */
  homeOf(writer: string): WriterHome | undefined {
    return this.#homes.get(writer);
  }

  facts(): RunFacts {
    const collected = [...this.#collected.values()];
    const totals = [...this.#totals.values()];
    return {
      start: this.#start,
      end: this.#end,
      tree: this.#tree,
      runId: this.#runId,
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
      runners: [...this.#runners].toSorted(),
      collected: collected.length === 0 ? undefined : collected.reduce((sum, count) => sum + count, 0),
      totals: totals.length === 0 ? undefined : sumOf(totals),
    };
  }

  /** Should the next try crash, its verdict comes after this attempt. */
  #triedAgain({ writer, t, seq }: JournalEvent, key: string): void {
    const entries = this.#running.get(writer)?.get(key);
    if (entries !== undefined) entries[0] = { ...entries[0]!, t, seq: seq + 0.5 };
  }

  #runningOf(writer: string): Map<string, Entry[]> {
    const known = this.#running.get(writer);
    if (known !== undefined) return known;
    const made = new Map<string, Entry[]>();
    this.#running.set(writer, made);
    return made;
  }

  #ended(writer: string, key: string): void {
    const running = this.#running.get(writer);
    const entries = running?.get(key);
    if (running === undefined || entries === undefined) return;
    entries.shift();
    if (entries.length > 0) return;
    running.delete(key);
    if (this.#maybeGroups.size > 0) this.#maybeGroups.delete(key);
  }
}

/** The runner's name in the segment that 3pio writes itself. */
export const OURSELVES = "3pio";

const KINDS = { "test.end": "end", "test.attempt": "attempt", "subtest.end": "subtest" } as const;

function entryOf(
  { t, writer, seq }: JournalEvent,
  key: string,
  kind: EntryKind,
  { status, ms, detail }: Partial<Pick<Entry, "status" | "ms" | "detail">>,
): Entry {
  return { key, t, writer, seq, kind, status, ms, detail };
}

function sumOf(totals: readonly Readonly<Partial<Record<Status, number>>>[]): Partial<Record<Status, number>> {
  const sum: Partial<Record<Status, number>> = {};
  for (const counts of totals) {
    for (const [status, count] of Object.entries(counts) as [Status, number][])
      sum[status] = (sum[status] ?? 0) + count;
  }
  return sum;
}
