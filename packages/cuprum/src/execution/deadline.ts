/** Why an execution is stopped from outside. */
export type StopCause = "timedOut" | "cancelled";

/** Watches the time limit and the caller's signal. */
export interface Deadline {
  /** What has happened so far. */
  readonly cause: () => StopCause | undefined;
  readonly release: () => void;
}

/**
 * Calls `onStop` once, when the time is over or the signal aborts; at once when that is the case already. What ended in time,
 * but was not noticed because this process was busy, is seen to before.
 */
export function watchDeadline(
  timeoutMs: number | undefined,
  signal: AbortSignal | undefined,
  onStop: (cause: StopCause) => void,
): Deadline {
  let cause: StopCause | undefined;
  const stop = (because: StopCause): void => {
    if (cause !== undefined) return;
    cause = because;
    onStop(because);
  };
  const onAbort = (): void => stop("cancelled");
  let overdue: NodeJS.Immediate | undefined;
  const onTime = (): void => void (overdue = setImmediate(stop, "timedOut"));
  const timer = timeoutMs !== undefined && timeoutMs > 0 ? setTimeout(onTime, timeoutMs) : undefined;
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  else if (timeoutMs !== undefined && timeoutMs <= 0) stop("timedOut");
  return {
    cause: () => cause,
    release() {
      clearTimeout(timer);
      clearImmediate(overdue);
      signal?.removeEventListener("abort", onAbort);
    },
  };
}
