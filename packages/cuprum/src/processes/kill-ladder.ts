import type { StartedProcess } from "./process.ts";
import { within } from "./within.ts";

/**
 * Stops processes with everything that they started: SIGTERM to each group, and SIGKILL when `quiet` has not settled after
 * `graceMs`. Settles when all of them have been reaped; it cannot be interrupted.
 *
 * @param quiet settles when nothing of them is left that we know of: their ends, and the ends of their outputs
 */
export async function stopProcesses(
  processes: readonly StartedProcess[],
  graceMs: number,
  quiet: Promise<unknown>,
): Promise<void> {
  for (const process of processes) process.signalGroup("SIGTERM");
  // Also when every leader has ended: what it started may still be in its group, and ignore SIGTERM.
  if (!(await within(quiet, graceMs))) for (const process of processes) process.signalGroup("SIGKILL");
  await Promise.all(processes.map((process) => process.ended));
}
