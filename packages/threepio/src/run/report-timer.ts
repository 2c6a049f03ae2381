/**
 * When to write reports while a run goes on: after a change, once it has been quiet for a moment, but never later than a
 * maximum wait. Writing may take a twentieth of the time at most, however large the run has become.
 */
export class ReportTimer {
  #changedMs: number | undefined;
  #firstChangeMs: number | undefined;
  #allowedMs = 0;

  /** Something is new. */
  changed(nowMs: number): void {
    this.#changedMs = nowMs;
    this.#firstChangeMs ??= nowMs;
  }

  isDue(nowMs: number): boolean {
    if (this.#changedMs === undefined || nowMs < this.#allowedMs) return false;
    return nowMs - this.#changedMs >= QUIET_MS || nowMs - this.#firstChangeMs! >= MAX_WAIT_MS;
  }

  /** Reports have been written. */
  written(startMs: number, endMs: number): void {
    this.#changedMs = undefined;
    this.#firstChangeMs = undefined;
    this.#allowedMs = endMs + SHARE * (endMs - startMs);
  }
}

const QUIET_MS = 300;
const MAX_WAIT_MS = 2000;
const SHARE = 20;
