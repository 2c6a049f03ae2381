import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EVENTS_FOLDER } from "../journal/journal.ts";
import { OURSELVES, type RunFacts } from "../model/collector.ts";
import { usageError } from "../threepio-error.ts";
import type { RunFolder } from "./run-folder.ts";

/**
 * A run that is still at work writes its own reports, and its journal cannot be judged yet.
 *
 * @throws ThreepioError `USAGE`
 */
export function refuseWhileAtWork(facts: RunFacts, { id }: RunFolder): void {
  if (!isAtWork(facts)) return;
  throw usageError(
    `${id} is still at work (process ${facts.start?.pid}); wait for its end, its reports are written as it goes`,
  );
}

/** Whether the 3pio that runs it is still there. A run that was put together is over, even if a part of it never ended. */
export function isAtWork({ start, end }: RunFacts): boolean {
  return (
    start !== undefined && start.parts === undefined && end === undefined && isAlive(start.pid) && isThreepio(start.pid)
  );
}

/** The same of a run that has not been read: by 3pio's own segment, which is short. */
export function isAtWorkIn({ path }: RunFolder): boolean {
  try {
    const lines = readFileSync(join(path, EVENTS_FOLDER, `${OURSELVES}.jsonl`), "utf8").split("\n");
    const events = lines.slice(0, -1).map((line) => JSON.parse(line) as OwnEvent);
    const { pid, parts } = events.find(({ type }) => type === "run.start") ?? {};
    return (
      pid !== undefined &&
      parts === undefined &&
      !events.some(({ type }) => type === "run.end") &&
      isAlive(pid) &&
      isThreepio(pid)
    );
  } catch {
    // Without a segment of ours nobody can be at work; a damaged one is nobody's, either.
    return false;
  }
}

interface OwnEvent {
  readonly type: string;
  readonly pid?: number;
  readonly parts?: unknown;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Numbers of processes are used again. Where the system does not say what a process runs, it counts as ours. */
function isThreepio(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("3pio");
  } catch {
    return true;
  }
}
