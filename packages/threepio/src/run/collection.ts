import { accessSync, constants, readdirSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Journal } from "../journal/journal.ts";
import { Collector, type RunFacts } from "../model/collector.ts";
import type { Counts } from "../model/counts.ts";
import { type Detail, DetailStore } from "../model/detail-store.ts";
import type { Entry } from "../model/entry.ts";
import { integrityVerdict } from "../model/integrity.ts";
import { type Failure, overviewOf, type RootGroup, rootGroups } from "../model/overview.ts";
import { type Result, resultsOf } from "../model/result.ts";
import { SortedIndex } from "../model/sorted-index.ts";
import { SteadyHeap } from "../model/steady-heap.ts";
import { pathOfKey } from "../model/test-key.ts";
import { verdicts } from "../model/verdicts.ts";
import type { WriterHome } from "../model/writer-home.ts";
import { type FailureLine, failureLine } from "../reports/failure-line.ts";
import { isAlive } from "./at-work.ts";
import { writeOutputLog } from "../reports/output-log.ts";
import { writeReports } from "../reports/reports.ts";
import type { RunSummary } from "../reports/run-report.ts";
import { runState } from "../reports/run-state.ts";
import type { OutputStream } from "../runners/runner.ts";
import { shellQuoted } from "../runners/shell-words.ts";
import { isFailure, type Rerun, rerunsOf, type RerunSource } from "../selectors/reruns.ts";
import { selectionsFor } from "../selectors/selectors.ts";

/** What has been read of a run: pulls the journal at its own pace, and makes reports of what is there. */
export class Collection {
  readonly #folder: string;
  readonly #indexFolder: string;
  readonly #groupsPath: string;
  readonly #streams: ReadonlyMap<string, OutputStream>;
  readonly #details: DetailStore;
  readonly #index: SortedIndex;
  readonly #collector: Collector;
  readonly #journal: Journal;
  readonly #heap = new SteadyHeap();
  #isOver = false;

  /**
   * @param folder the run's folder
   * @param streams how the output of runners is read, by the name of its format
   */
  constructor(folder: string, streams: ReadonlyMap<string, OutputStream>) {
    removeStaleIndexes(folder);
    this.#folder = folder;
    this.#indexFolder = indexFolder(folder);
    this.#groupsPath = join(this.#indexFolder, "groups");
    this.#details = new DetailStore(this.#indexFolder);
    this.#index = new SortedIndex(this.#indexFolder, this.#heap);
    this.#collector = new Collector(this.#index, this.#details);
    this.#streams = streams;
    const formats = new Map([...streams].map(([format, { open }]) => [format, open]));
    this.#journal = new Journal(folder, { formats, fileNumber: (path) => this.#details.fileNumber(path) });
  }

  /** Verdicts read so far. */
  get counts(): Readonly<Counts> {
    return this.#collector.counts;
  }

  /** Events read so far. */
  get taken(): number {
    return this.#collector.taken;
  }

  /** Writers that have not said that they are done. */
  get openWriters(): number {
    return this.#journal.integrity().filter(({ isEnded, isJournal }) => isJournal && !isEnded).length;
  }

  /** Reads at most `limit` events; returns how many there were. */
  pull(limit: number): number {
    const count = this.#journal.pull(limit, (event, file, place) => this.#collector.apply(event, file, place));
    this.#heap.passed(count);
    return count;
  }

  /** Nobody writes any more: reads everything to the end. Tests without an end count as crashed from now on. */
  finish(): void {
    while (this.pull(FINISH_BATCH) > 0);
    this.#journal.finish((event, file, place) => this.#collector.apply(event, file, place));
    this.#isOver = true;
  }

  /** What is known of the run as a whole. */
  facts(): RunFacts {
    return this.#collector.facts();
  }

  /** Every result in order; `summarise` or `report` may not run meanwhile. */
  *results(): Generator<Result, void, undefined> {
    for (const result of resultsOf(this.#entries())) {
      // Whoever asks makes a record of it, which takes as much of the heap as an event.
      this.#heap.passed(1);
      yield result;
    }
  }

  /** The root groups that were counted by the last `summarise`, in the order of the results. */
  groups(): Generator<RootGroup, void, undefined> {
    return rootGroups(this.#groupsPath);
  }

  /** The event behind an entry, with its message and output. @throws WireError `IO` */
  detailOf({ detail }: Entry): Detail | undefined {
    return detail === undefined ? undefined : this.#details.read(detail);
  }

  /** The command that runs a test again, as one types it. */
  commandAgain({ entry, key }: Result): string | undefined {
    return this.#commandAgain(entry.writer, pathOfKey(key));
  }

  /** Counts and judges what has been read. */
  summarise(): RunSummary {
    const open = this.#collector.open();
    this.#index.makeFolder();
    const overview = overviewOf(this.#entries(), this.#groupsPath);
    const facts = this.facts();
    return {
      state: runState(facts, !this.#isOver),
      facts,
      overview,
      integrity: integrityVerdict(this.#journal.integrity(), facts, overview.counts),
      running: this.#isOver ? [] : open.map(({ key }) => pathOfKey(key)),
    };
  }

  /** Writes all reports of what has been read. */
  report(): RunSummary {
    const summary = this.summarise();
    writeReports({
      folder: this.#folder,
      summary,
      entries: () => this.#entries(),
      groupsPath: this.#groupsPath,
      details: this.#details,
      again: (writer, path) => this.#commandAgain(writer, path),
    });
    for (const { file, format } of this.#isOver ? (summary.facts.start?.streams ?? []) : []) {
      const { textOf } = this.#streams.get(format) ?? {};
      if (textOf !== undefined) writeOutputLog(this.#folder, file, textOf);
    }
    return summary;
  }

  /** A failure of the overview, for people. */
  describe(failure: Failure): FailureLine {
    return failureLine(failure, failure.detail === undefined ? undefined : this.#details.read(failure.detail));
  }

  /** The commands that run chosen tests again; by default what failed: tests, and files and groups that could not do their work. */
  reruns(leaveOut: RerunSource["leaveOut"], isChosen: RerunSource["isChosen"] = isFailure): Iterable<Rerun> {
    const homeOf = (writer: string): WriterHome | undefined => this.#collector.homeOf(writer);
    return rerunsOf(verdicts(this.#entries()), { isChosen, homeOf, start: this.facts().start, leaveOut });
  }

  /** Removes the index. */
  close(): void {
    this.#details.close();
    rmSync(this.#indexFolder, { recursive: true, force: true });
  }

  /** Only of the path, and of nothing that may be another when the reports are made anew. */
  #commandAgain(writer: string, path: readonly string[]): string | undefined {
    const home = this.#collector.homeOf(writer);
    const selections = home && selectionsFor(home, [{ path }], undefined);
    return selections?.[0]?.command.map(shellQuoted).join(" ");
  }

  /** The index in order; when the run is over, with the tests that never ended. */
  #entries(): Iterable<Entry> {
    return this.#index.entries(this.#isOver ? this.#collector.open() : []);
  }
}

/**
 * A new folder for each reader: the same run may be read twice at a time. Where the run lies may be read-only, or full: then what
 * there is of it can still be read.
 */
function indexFolder(folder: string): string {
  const name = `.index-${process.pid}-${opened++}`;
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize >= LEAST_FREE_BYTES) return join(folder, name);
    return join(tmpdir(), `3pio${name}`);
  } catch {
    return join(tmpdir(), `3pio${name}`);
  }
}

let opened = 0;
const FINISH_BATCH = 10_000;
const LEAST_FREE_BYTES = 64 * 1024 * 1024;

/** What a 3pio has left that was killed. */
function removeStaleIndexes(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid] = /^\.index-(\d+)(?:-\d+)?$/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
