import { cpSync, existsSync, mkdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { AtomicFile, descriptorSink, ioError, openSource } from "@jn/wire";
import type { RunPart } from "../journal/event.ts";
import { EVENTS_FOLDER } from "../journal/journal.ts";
import { JournalWriter } from "../journal/writer.ts";
import { OURSELVES, type RunFacts } from "../model/collector.ts";
import { OUTPUT_LOG } from "../reports/output-log.ts";
import { putText } from "../put-text.ts";
import { runMs } from "../reports/run-report.ts";
import { usageError } from "../threepio-error.ts";
import { isAtWorkIn } from "./at-work.ts";
import { withRunFolder } from "./opened-run.ts";
import { createRunFolder, findRunFolder, type RunFolder } from "./run-folder.ts";

/** A run that is to become part of another one. */
export interface MergedPart {
  /** Goes before the names of its files. */
  readonly label: string | undefined;
  readonly folder: RunFolder;
}

/**
 * `PATH`, or `LABEL=PATH` where the same tests ran on several machines; what `findRunFolder` finds.
 *
 * @throws ThreepioError `USAGE`
 */
export function mergedPart(cwd: string, text: string): MergedPart {
  const [, label, name = text] = /^([\w. -]+)=(.+)$/s.exec(text) ?? [];
  // A folder that was brought along from elsewhere may be named without a slash.
  const path = existsSync(join(resolve(cwd, name), EVENTS_FOLDER)) ? resolve(cwd, name) : name;
  const folder = findRunFolder(cwd, path);
  if (isAtWorkIn(folder)) throw usageError(`${folder.id} is still at work; wait for its end`);
  return { label, folder };
}

/**
 * Makes one run of several: their journals are copied into it as they are. How it ended follows from how they did: it did not, if one of
 * them did not; its exit code is the first that is not 0, its time that of the longest.
 *
 * @throws WireError `IO`
 */
export async function mergeRuns(cwd: string, parts: readonly MergedPart[], now: Date): Promise<RunFolder> {
  const folder = createRunFolder(cwd, now);
  const facts: RunFacts[] = [];
  const inner: RunPart[] = [];
  for (const [index, { label, folder: from }] of parts.entries()) {
    const name = `parts/${index + 1}-${basename(from.path)}`;
    copyJournal(from.path, join(folder.path, name));
    inner.push({ folder: name, ...(label === undefined ? {} : { label }) });
    facts.push(await withRunFolder(from, ({ summary }) => summary.facts));
  }
  const writer = new JournalWriter(join(folder.path, EVENTS_FOLDER), folder.id, OURSELVES);
  writer.write({ type: "hello", runner: OURSELVES, pid: process.pid, cwd });
  const [first] = facts;
  writer.write({
    type: "run.start",
    command: first?.start?.command ?? [],
    started: first?.start?.started ?? [],
    cwd,
    runner: first?.start?.runner ?? "unknown",
    streams: [],
    pid: process.pid,
    parts: inner,
  });
  const ends = facts.map(({ end }) => end);
  if (ends.every((end) => end !== undefined)) {
    const signal = ends.find((end) => end.signal !== undefined)?.signal;
    const interruptedBy = ends.find((end) => end.interruptedBy !== undefined)?.interruptedBy;
    writer.write({
      type: "run.end",
      exitCode: ends.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0,
      ...(signal === undefined ? {} : { signal }),
      ...(interruptedBy === undefined ? {} : { interruptedBy }),
      ms: Math.max(0, ...facts.map((of) => runMs(of) ?? 0)),
    });
  }
  writer.close();
  joinOutput(folder.path, parts);
  return folder;
}

/** The events, and the events of runs that it was itself put together from. */
function copyJournal(from: string, to: string): void {
  try {
    for (const name of [EVENTS_FOLDER, "parts", OUTPUT_LOG]) {
      const path = join(from, name);
      if (!existsSync(path)) continue;
      mkdirSync(to, { recursive: true });
      cpSync(path, join(to, name), { recursive: true });
    }
  } catch (error) {
    throw ioError("copy", from, error);
  }
}

function joinOutput(folder: string, parts: readonly MergedPart[]): void {
  const file = AtomicFile.open(join(folder, OUTPUT_LOG));
  try {
    const sink = descriptorSink(file.fd, file.path);
    for (const { label, folder: part } of parts) {
      const path = join(part.path, OUTPUT_LOG);
      if (!existsSync(path)) continue;
      putText(sink, `==> ${label ?? part.id} <==\n`);
      const source = openSource(path);
      for (let chunk = source.read(); chunk !== undefined; chunk = source.read()) {
        sink.append(chunk, 0, chunk.length);
        sink.commit();
      }
      source.close();
    }
    sink.flush();
    file.commit({ isDurable: false });
  } finally {
    file.discard();
  }
}
