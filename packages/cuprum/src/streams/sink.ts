/** Where a copy of an output may go: any Node.js `Writable`, `process.stdout` for instance. Its backpressure is honoured. */
export interface Sink {
  readonly destroyed?: boolean;
  write(chunk: Uint8Array): boolean;
  on(event: "drain" | "close" | "error", listener: (error?: unknown) => void): unknown;
  off(event: "drain" | "close" | "error", listener: (error?: unknown) => void): unknown;
}

/** Copies chunks to a sink. A sink that breaks is left alone from then on: the command goes on. */
export class Echo {
  readonly #sink: Sink;
  readonly #onFault: (error: unknown) => void;
  #isBroken = false;
  /** Who waits until the sink takes more: one for each output that is copied to it. */
  readonly #waiting: (() => void)[] = [];

  constructor(sink: Sink, onFault: (error: unknown) => void) {
    this.#sink = sink;
    this.#onFault = onFault;
    sink.on("error", this.#broke);
    sink.on("close", this.#closed);
    sink.on("drain", this.#drained);
  }

  /** Settles when the sink takes more. */
  push(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#isBroken) return undefined;
    try {
      // A copy, because a sink may keep what it cannot write at once.
      if (this.#sink.write(Uint8Array.prototype.slice.call(chunk))) return undefined;
      // It was destroyed before we came, and tells nobody any more.
      if (this.#sink.destroyed === true) throw new Error("the sink had been closed");
    } catch (error) {
      this.#broke(error);
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Takes our listeners off the sink, which stays open. */
  release(): void {
    this.#sink.off("close", this.#closed);
    this.#sink.off("drain", this.#drained);
    this.#drained();
    // An error of the last write may still come; without a listener it would end this process.
    setImmediate(() => this.#sink.off("error", this.#broke));
  }

  readonly #drained = (): void => {
    for (const resume of this.#waiting.splice(0)) resume();
  };

  readonly #closed = (): void => {
    this.#isBroken = true;
    this.#drained();
  };

  readonly #broke = (error: unknown): void => {
    this.#closed();
    this.#onFault(error);
  };
}
