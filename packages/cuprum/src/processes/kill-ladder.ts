import { setTimeout as sleep } from "node:timers/promises";
import { monotonicMs } from "@jn/wire";
import type { StartedProcess } from "./process.ts";
import { within } from "./within.ts";

/** Milliseconds until the first look at groups whose leaders have ended, then twice as long, up to this. */
const FIRST_LOOK_MS = 5;
const MAX_LOOK_MS = 80;

/**
 * Stops processes with everything in their groups: SIGTERM, and SIGKILL when `quiet` has not settled after `graceMs`, or somebody of a
 * group is still there. Settles when all of the processes have been reaped; it cannot be interrupted.
 *
 * @param quiet settles when their outputs have ended
 */
export async function stopProcesses(
  processes: readonly StartedProcess[],
  graceMs: number,
  quiet: Promise<unknown>,
): Promise<void> {
  // The last first: to a stage that still runs, the end of one before it would look like the end of its input.
  for (const process of processes.toReversed()) process.signalGroup("SIGTERM");
  const isOver = monotonicMs() + graceMs;
  const ended = Promise.all(processes.map((process) => process.ended));
  await within(Promise.all([ended, quiet]), graceMs);
  // The system tells us when a leader ends, but nothing about the others.
  for (let lookMs = FIRST_LOOK_MS; monotonicMs() < isOver; lookMs = Math.min(lookMs * 2, MAX_LOOK_MS)) {
    if (!processes.some((process) => process.hasGroup())) break;
    await sleep(Math.min(lookMs, Math.max(isOver - monotonicMs(), 0)));
  }
  for (const process of processes) process.signalGroup("SIGKILL");
  await ended;
}
