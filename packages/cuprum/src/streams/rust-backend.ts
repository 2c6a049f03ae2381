import { closeSync } from "node:fs";
import type { ConsumeOptions, Native, Pump, PumpResult } from "@cuprum/native";
import { LineBatches, MAX_LINE_LENGTH } from "./line-batches.ts";
import { nodeBackend } from "./node-backend.ts";
import type { StreamBackend, Transfer, TransferEnd, TransferOptions } from "./stream-backend.ts";

/**
 * The backend in Rust: a transfer has a thread of its own, which carries, decodes and splits, and bytes that nobody looks at
 * never enter JavaScript. Bytes that go to JavaScript and nowhere else are read there, by the node backend: a thread in
 * between would have nothing to do but hand them over, which costs half as much again.
 */
export function rustBackend(native: Native): StreamBackend {
  return {
    name: "rust",
    carry(readFd, options) {
      const { writeFd, onChunk, onLines } = options;
      const linesOnly = onChunk === undefined && onLines !== undefined;
      if (writeFd === undefined && !linesOnly) return nodeBackend.carry(readFd, options);
      try {
        if (writeFd === undefined || onChunk !== undefined || onLines !== undefined)
          return new ObservedTransfer(native, readFd, options);
        return carryUnseen(native, readFd, writeFd);
      } catch (error) {
        // Nothing has been taken over.
        closeSync(readFd);
        if (writeFd !== undefined) closeSync(writeFd);
        throw error;
      }
    },
  };
}

function carryUnseen(native: Native, readFd: number, writeFd: number): Transfer {
  let end: (end: TransferEnd) => void = () => {};
  const ended = new Promise<TransferEnd>((resolve) => (end = resolve));
  const pump = native.pump(readFd, writeFd, { onEnd: (result) => end(endOf(result)) });
  return { ended, bytes: pump.bytes, isReading: pump.isReading, cancel: () => pump.cancel() };
}

type Batch = Uint8Array | readonly string[];

/**
 * A few batches may be on their way from the thread at once. The observer is shown one after the other, and is not called
 * while it has not settled. When the transfer ends early, it is shown what was read until it makes us wait.
 */
class ObservedTransfer implements Transfer {
  readonly ended: Promise<TransferEnd>;
  readonly #onChunk: TransferOptions["onChunk"];
  readonly #onLines: TransferOptions["onLines"];
  /** Where chunks are shown as well, their lines are made here. */
  readonly #lines: LineBatches | undefined;
  readonly #pump: Pump;
  readonly #waiting: { readonly batch: Batch; readonly acknowledge: () => void }[] = [];
  #result: PumpResult | undefined;
  #end: TransferEnd | undefined;
  /** Ends a wait for the next batch. */
  #wake: () => void = () => {};
  /** Ends all waits for the observer. */
  #abandon: () => void = () => {};
  readonly #abandoned = new Promise<"abandoned">((resolve) => (this.#abandon = () => resolve("abandoned")));

  constructor(native: Native, readFd: number, { writeFd, onChunk, onLines }: TransferOptions) {
    this.#onChunk = onChunk;
    this.#onLines = onLines;
    const inLines = onChunk === undefined && onLines !== undefined;
    this.#lines = inLines || onLines === undefined ? undefined : new LineBatches();
    const receive = (batch: Batch, acknowledge: () => void): void => {
      this.#waiting.push({ batch, acknowledge });
      this.#wake();
    };
    const shared = { writeFd, onEnd: (result: PumpResult) => this.#received(result) };
    const options: ConsumeOptions = inLines
      ? {
          ...shared,
          shape: "lines",
          maxLineBytes: MAX_LINE_LENGTH,
          onBatch: ({ lines }, acknowledge) => receive(lines, acknowledge),
        }
      : { ...shared, shape: "bytes", onBatch: receive };
    this.#pump = native.consume(readFd, options);
    this.ended = this.#run();
  }

  readonly bytes = (): number => this.#pump.bytes();

  readonly isReading = (): boolean => this.#pump.isReading();

  readonly cancel = (): void => this.#finish({ end: "cancelled" });

  #received(result: PumpResult): void {
    this.#result = result;
    if (result.end !== "endOfInput") this.#abandon();
    this.#wake();
  }

  #finish(end: TransferEnd): void {
    this.#end ??= end;
    this.#abandon();
    this.#pump.cancel();
  }

  async #run(): Promise<TransferEnd> {
    try {
      await this.#showAll();
    } catch (error) {
      this.#finish({ end: "failed", error });
    }
    while (this.#result === undefined) await this.#next();
    return this.#end ?? endOf(this.#result);
  }

  async #showAll(): Promise<void> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        if (await this.#isAbandonedBy(this.#show(next.batch))) return;
        next.acknowledge();
      } else if (this.#result === undefined) await this.#next();
      else break;
    }
    const rest = this.#lines?.end() ?? [];
    if (rest.length > 0) await this.#isAbandonedBy(this.#onLines?.(rest));
  }

  #show(batch: Batch): void | Promise<void> {
    if (!(batch instanceof Uint8Array)) return this.#onLines?.(batch);
    const seen = this.#onChunk?.(batch);
    const lines = this.#lines?.push(batch) ?? [];
    const read = lines.length === 0 ? undefined : this.#onLines?.(lines);
    return seen === undefined || read === undefined ? (seen ?? read) : inParallel(seen, read);
  }

  async #isAbandonedBy(observer: void | Promise<void>): Promise<boolean> {
    return observer !== undefined && (await Promise.race([observer, this.#abandoned])) === "abandoned";
  }

  async #next(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

async function inParallel(first: Promise<void>, second: Promise<void>): Promise<void> {
  await Promise.all([first, second]);
}

/** A limit is never asked for. */
function endOf({ end, error }: PumpResult): TransferEnd {
  if (error !== undefined)
    return { end: "failed", error: Object.assign(new Error(error.message), { code: error.code }) };
  return { end: end === "limit" ? "endOfInput" : end };
}
