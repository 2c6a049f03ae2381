/** Where a copy of an output may go: any Node.js `Writable`, `process.stdout` for instance. Its backpressure is honoured. */
export interface Sink {
  readonly destroyed?: boolean;
  write(chunk: Uint8Array): boolean;
  on(event: "drain" | "close" | "error", listener: (error?: unknown) => void): unknown;
  off(event: "drain" | "close" | "error", listener: (error?: unknown) => void): unknown;
}

/** Copies chunks to a sink. A sink that breaks is left alone from then on: the command goes on. */
export class Echo {
  readonly #shared: SharedSink;
  readonly #onFault: (error: unknown) => void;

  constructor(sink: Sink, onFault: (error: unknown) => void) {
    this.#shared = sharedSinks.get(sink) ?? new SharedSink(sink);
    this.#onFault = onFault;
    this.#shared.join(onFault);
  }

  /** Settles when the sink takes more. */
  push(chunk: Uint8Array): Promise<void> | undefined {
    return this.#shared.push(chunk);
  }

  /** The sink stays open. */
  release(): void {
    this.#shared.leave(this.#onFault);
  }
}

const sharedSinks = new WeakMap<Sink, SharedSink>();

/** A sink for all that echo to it at the same time, so that it has one set of our listeners however many these are. */
class SharedSink {
  readonly #sink: Sink;
  readonly #users = new Set<(error: unknown) => void>();
  #isBroken = false;
  #waiting: (() => void)[] = [];

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  join(onFault: (error: unknown) => void): void {
    if (this.#users.size === 0) {
      sharedSinks.set(this.#sink, this);
      this.#sink.on("error", this.#broke);
      this.#sink.on("close", this.#closed);
      this.#sink.on("drain", this.#resume);
    }
    this.#users.add(onFault);
  }

  leave(onFault: (error: unknown) => void): void {
    this.#users.delete(onFault);
    if (this.#users.size > 0) return;
    sharedSinks.delete(this.#sink);
    this.#sink.off("close", this.#closed);
    this.#sink.off("drain", this.#resume);
    this.#resume();
    // An error of the last write may still come; without a listener it would end this process.
    setImmediate(() => this.#sink.off("error", this.#broke));
  }

  push(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#isBroken) return undefined;
    try {
      // A copy, because a sink may keep what it cannot write at once.
      if (this.#sink.write(Uint8Array.prototype.slice.call(chunk))) return undefined;
      // It was destroyed before we came, and tells nobody any more.
      if (this.#sink.destroyed === true) throw new Error("the sink was closed");
    } catch (error) {
      this.#broke(error);
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  readonly #resume = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  };

  readonly #closed = (): void => this.#broke(new Error("the sink was closed"));

  readonly #broke = (error: unknown): void => {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#resume();
    for (const onFault of this.#users) onFault(error);
  };
}
