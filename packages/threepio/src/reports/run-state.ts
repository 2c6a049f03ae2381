import type { RunFacts } from "../model/collector.ts";

/**
 * - `RUNNING`: the command is at work
 * - `COMPLETED`: it ended by itself, whatever its exit code
 * - `INTERRUPTED`: somebody stopped it: a signal to 3pio
 * - `CRASHED`: it was killed, or 3pio was
 */
export type RunState = "RUNNING" | "COMPLETED" | "INTERRUPTED" | "CRASHED";

/** The state of a run by its journal. */
export function runState({ end }: RunFacts, isRunning: boolean): RunState {
  if (end === undefined) return isRunning ? "RUNNING" : "CRASHED";
  if (end.interruptedBy !== undefined) return "INTERRUPTED";
  return end.signal === undefined ? "COMPLETED" : "CRASHED";
}
