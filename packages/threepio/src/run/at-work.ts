import { readFileSync } from "node:fs";
import type { RunFacts } from "../model/collector.ts";
import { usageError } from "../threepio-error.ts";
import type { RunFolder } from "./run-folder.ts";

/**
 * A run that is still at work writes its own reports, and its journal cannot be judged yet.
 *
 * @throws ThreepioError `USAGE`
 */
export function refuseWhileAtWork({ start, end }: RunFacts, { id }: RunFolder): void {
  if (start === undefined || end !== undefined || !isAlive(start.pid) || !isThreepio(start.pid)) return;
  throw usageError(
    `${id} is still at work (process ${start.pid}); wait for its end, its reports are written as it goes`,
  );
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
