import { type Channel, channel } from "node:diagnostics_channel";
import type { EventPhase, ExecutionEvent } from "./event.ts";

/** The `node:diagnostics_channel` of each phase: `cuprum:plan`, `cuprum:start`, ..., `cuprum:exit`. */
const CHANNELS: ReadonlyMap<EventPhase, Channel> = new Map(
  (["plan", "start", "stdout", "stderr", "stdin", "stdinError", "exit"] as const).map((phase) => [
    phase,
    channel(`cuprum:${phase}`),
  ]),
);

export function publish(event: ExecutionEvent): void {
  const target = CHANNELS.get(event.phase);
  if (target?.hasSubscribers === true) target.publish(event);
}

/** Whether somebody has subscribed to lines. */
export function linesAreSubscribed(): boolean {
  return (["stdout", "stderr"] as const).some((phase) => CHANNELS.get(phase)?.hasSubscribers === true);
}
