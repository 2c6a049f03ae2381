import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { ioError, monotonicMs } from "@jn/wire";
import { complain } from "../cli/console.ts";
import type { Durability } from "../journal/event.ts";
import { EVENTS_FOLDER } from "../journal/journal.ts";
import { JournalWriter } from "../journal/writer.ts";
import { OURSELVES } from "../model/collector.ts";
import type { RunSummary } from "../reports/run-report.ts";
import { STREAMS } from "../runners/registry.ts";
import { ThreepioError } from "../threepio-error.ts";
import { type Child, type ChildEnd, startChild } from "./child.ts";
import { Collection } from "./collection.ts";
import { guarded } from "./guarded.ts";
import { keepJunitFiles } from "./junit-files.ts";
import type { Plan } from "./plan.ts";
import { Progress } from "./progress.ts";
import { ReportTimer } from "./report-timer.ts";
import { createRunFolder, discardRunFolder, type RunFolder } from "./run-folder.ts";
import { Signals } from "./signals.ts";
import { sourceTree } from "./source-tree.ts";
import { makeSpareRoot } from "./spare-root.ts";

export interface RecordOptions {
  /** What the user typed. */
  readonly typed: readonly string[];
  readonly cwd: string;
  /** The folder whose `.3pio` it goes to. Default: `cwd`. */
  readonly root?: string | undefined;
  readonly durability: Durability;
  /** Events read in one go. */
  readonly batch: number;
  readonly isTerminal: boolean;
  /** A file or folder of JUnit XML that the command writes. */
  readonly junit?: string | undefined;
}

/** A run that is over. */
export interface RecordedRun {
  readonly folder: RunFolder;
  readonly exitCode: number;
  /** Undefined when no report could be made. */
  readonly summary: RunSummary | undefined;
  readonly collection: Collection;
}

/**
 * Runs the command and collects what its reporters write, until both are done. Trouble with the journal or the reports is said
 * aloud, and never changes what happens to the tests or their exit code.
 *
 * @throws ThreepioError `NOT_STARTED`; WireError `IO` when there is nowhere to write to
 */
export async function recordRun(plan: Plan, options: RecordOptions): Promise<RecordedRun> {
  const { typed, cwd, durability } = options;
  const startMs = Date.now();
  const folder = runFolder(options.root ?? cwd, new Date(startMs));
  const events = join(folder.path, EVENTS_FOLDER);
  const writer = new JournalWriter(events, folder.id, OURSELVES, {
    durability,
    onFailure: (message) => complain(`3pio: ${message}; the tests go on, but their report will not be complete`),
  });
  writer.write({ type: "hello", runner: OURSELVES, pid: process.pid, cwd });
  const output = openOutput(join(folder.path, plan.stdout));
  writer.write({
    type: "run.start",
    command: typed,
    started: plan.command,
    cwd,
    runner: plan.detection.runner?.name ?? "unknown",
    streams: plan.streams,
    pid: process.pid,
  });
  const variables = { THREEPIO_EVENTS: events, THREEPIO_RUN: folder.id, THREEPIO_DURABILITY: durability };
  const child = startChild(plan.command, {
    cwd,
    env: { ...Object.fromEntries(plan.variables), ...variables },
    output,
  });
  const signals = new Signals(child);
  const noTree = new AbortController();
  const treeWritten = noteTree(writer, cwd, noTree.signal);
  const collection = new Collection(folder.path, STREAMS);
  try {
    const { exitCode, signal } = await follow(child, collection, options);
    await lateWriters(collection, options.batch);
    // Git had all the time that the tests took, and gets a moment more.
    await settled(treeWritten, TREE_MS);
    noTree.abort();
    await treeWritten;
    if (options.junit !== undefined) takeJunitFiles(options.junit, folder.path, cwd, startMs);
    writer.write({
      type: "run.end",
      exitCode: signals.exitCode ?? exitCode,
      ...(signal === undefined ? {} : { signal }),
      ...(signals.received === undefined ? {} : { interruptedBy: signals.received }),
      ms: Date.now() - startMs,
    });
    return { folder, exitCode: signals.exitCode ?? exitCode, summary: finished(writer, collection), collection };
  } catch (error) {
    // Nothing has run: the last run that did is still the latest.
    if (error instanceof ThreepioError && error.code === "NOT_STARTED") {
      guarded("remove the run that did not begin", () => discard(collection, folder));
    }
    throw error;
  } finally {
    noTree.abort();
    await treeWritten;
    signals.release();
    closeSync(output);
  }
}

async function noteTree(writer: JournalWriter, cwd: string, signal: AbortSignal): Promise<void> {
  const tree = await sourceTree(cwd, signal);
  if (tree !== undefined) writer.write({ type: "run.tree", ...tree });
}

function discard(collection: Collection, folder: RunFolder): void {
  collection.close();
  discardRunFolder(folder);
}

/** Reads along until the command has ended. */
async function follow(child: Child, collection: Collection, { batch, isTerminal }: RecordOptions): Promise<ChildEnd> {
  const timer = new ReportTimer();
  const progress = new Progress(isTerminal);
  const startMs = monotonicMs();
  const state: { end: ChildEnd | undefined } = { end: undefined };
  const over = (async () => {
    state.end = await child.end;
  })();
  while (state.end === undefined) {
    const count = guarded("read the journal", () => collection.pull(batch)) ?? 0;
    const nowMs = monotonicMs();
    if (count > 0) timer.changed(nowMs);
    progress.show(collection.counts, nowMs - startMs);
    if (timer.isDue(nowMs)) {
      guarded("write the reports", () => collection.report());
      timer.written(nowMs, monotonicMs());
    }
    // After a full batch there is probably more: only let signals and the command's end be noticed.
    await (count >= batch ? new Promise((resolve) => setImmediate(resolve)) : settled(over, POLL_MS));
  }
  progress.clear();
  return state.end;
}

/** Processes that the command left behind may still write: they get a moment, but nobody waits for a daemon. */
async function lateWriters(collection: Collection, batch: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < LATE_MS; waitedMs += POLL_MS) {
    while ((guarded("read the journal", () => collection.pull(batch)) ?? 0) > 0);
    // Our own segment is the one that is not done.
    if (collection.openWriters <= 1) return;
    await sleep(POLL_MS);
  }
}

function takeJunitFiles(path: string, folder: string, cwd: string, startMs: number): void {
  const count = guarded("read JUnit files", () => keepJunitFiles(folder, cwd, path, startMs));
  if (count === 0) complain(`3pio: the command has written no JUnit XML at ${path}`);
}

function finished(writer: JournalWriter, collection: Collection): RunSummary | undefined {
  writer.close();
  guarded("read the journal", () => collection.finish());
  // On a full disk there is no report, but there are results.
  return (
    guarded("write the reports", () => collection.report()) ??
    guarded("count the results", () => collection.summarise())
  );
}

function runFolder(cwd: string, now: Date): RunFolder {
  try {
    return createRunFolder(cwd, now);
  } catch (error) {
    const elsewhere = makeSpareRoot(cwd);
    complain(`3pio: ${error instanceof Error ? error.message : String(error)}; this run goes to ${elsewhere} instead`);
    return createRunFolder(elsewhere, now);
  }
}

function openOutput(path: string): number {
  try {
    return openSync(path, "a");
  } catch (error) {
    throw ioError("create", path, error);
  }
}

/** Waits for it, at most so long; leaves no timer behind, for which the program would wait at its end. */
async function settled(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

const POLL_MS = 50;
const LATE_MS = 1000;
const TREE_MS = 500;
