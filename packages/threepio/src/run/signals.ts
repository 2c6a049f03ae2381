import { constants } from "node:os";
import type { Child } from "./child.ts";

const FORWARDED: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/** Passes signals on to the command's process group; the second one, or the end of the grace, kills it. */
export class Signals {
  /** The first signal that came. */
  received: NodeJS.Signals | undefined;
  readonly #child: Child;
  readonly #onSignal: (signal: NodeJS.Signals) => void;
  #grace: NodeJS.Timeout | undefined;

  constructor(child: Child) {
    this.#child = child;
    this.#onSignal = (signal) => this.#take(signal);
    for (const signal of FORWARDED) process.on(signal, this.#onSignal);
  }

  /** 128 + n when a signal came; it does not matter then how the command ended. */
  get exitCode(): number | undefined {
    return this.received === undefined ? undefined : 128 + constants.signals[this.received];
  }

  release(): void {
    clearTimeout(this.#grace);
    for (const signal of FORWARDED) process.removeListener(signal, this.#onSignal);
  }

  #take(signal: NodeJS.Signals): void {
    if (this.received !== undefined) {
      this.#child.signal("SIGKILL");
      return;
    }
    this.received = signal;
    this.#child.signal(signal);
    this.#grace = setTimeout(() => this.#child.signal("SIGKILL"), GRACE_MS);
  }
}

/** Time for a runner to end its tests and to write its own report. */
const GRACE_MS = 10_000;
