import type { ChunkTransform } from "../commands/command-spec.ts";
import { within } from "../processes/within.ts";
import { type Chunks, feed, type Feed } from "../streams/feed.ts";
import { Handoff } from "../streams/handoff.ts";
import { nodeBackend } from "../streams/node-backend.ts";
import { Echo } from "../streams/sink.ts";
import type { StreamBackend, Transfer, TransferOptions } from "../streams/stream-backend.ts";
import type { Descriptors } from "../wiring/descriptors.ts";
import type { Input } from "./input.ts";
import type { LiveStage } from "./live-stage.ts";
import type { Output, OutputReader } from "./output.ts";
import type { ExecutionPlan } from "./plan.ts";
import type { RunOptions } from "./run-options.ts";
import type { Wiring } from "./wiring.ts";

/** Who writes to and reads from the stages, besides each other. */
export interface Ends {
  readonly input: Input;
  readonly output: Output;
  readonly reader: OutputReader | undefined;
  /** The source of the input, or a transform, threw. */
  readonly onFault: (error: unknown) => void;
  /** What a stage printed could not be handed on. */
  readonly onLoss: (error: unknown) => void;
}

/** What the largest pipe holds that Linux gives to everybody: `/proc/sys/fs/pipe-max-size`. */
const MAX_PIPE_BYTES = 1024 * 1024;

/** Everything of an execution that passes through this process: input, tapped hops, output, standard errors. */
export class Traffic {
  readonly echoErrors: unknown[] = [];
  readonly #plan: ExecutionPlan;
  readonly #stages: readonly LiveStage[];
  readonly #descriptors: Descriptors;
  readonly #ends: Ends;
  readonly #echoes: { readonly stdout: Echo | undefined; readonly stderr: Echo | undefined };
  #input: Feed | undefined;
  /** What comes out of each stage, by its index: its output as far as we see it, and its standard error. */
  readonly #outgoing: Transfer[][];
  readonly #hops: (Transfer | undefined)[] = [];
  readonly #feeds: Feed[][];
  #output: Transfer | undefined;
  #isHeld = false;

  constructor(
    plan: ExecutionPlan,
    options: RunOptions,
    stages: readonly LiveStage[],
    descriptors: Descriptors,
    ends: Ends,
  ) {
    this.#plan = plan;
    this.#stages = stages;
    this.#descriptors = descriptors;
    this.#ends = ends;
    this.#outgoing = stages.map(() => []);
    this.#feeds = stages.map(() => []);
    const echo = (sink: "stdout" | "stderr"): Echo | undefined => {
      const target = options.echo?.[sink];
      return target === undefined ? undefined : new Echo(target, (error) => this.echoErrors.push(error));
    };
    this.#echoes = { stdout: echo("stdout"), stderr: echo("stderr") };
  }

  start(wiring: Wiring): void {
    for (const stage of this.#stages) {
      const fd = wiring.stderrFds[stage.plan.index];
      if (fd !== undefined) this.#carry(stage, fd, this.#stderrOf(stage), nodeBackend);
    }
    for (const [index, tap] of wiring.taps.entries()) {
      const stage = this.#stages[index];
      if (tap !== undefined && stage !== undefined) this.#hops[index] = this.#tap(stage, tap);
    }
    const last = this.#stages.at(-1);
    if (wiring.outputFd !== undefined && last !== undefined) {
      this.#output = this.#carry(last, wiring.outputFd, this.#outputOf(last));
    }
    if (wiring.inputFd !== undefined) {
      this.#input = feed(this.#descriptors.handOver(wiring.inputFd), this.#ends.input.chunks, this.#ends.onFault);
      void this.#reportInput(this.#input);
    }
  }

  /** Settles when nothing more comes from any stage. */
  async quiet(): Promise<void> {
    await Promise.all(this.#outgoing.flat().map(({ ended }) => ended));
  }

  /**
   * A stage has ended: settles when all that it printed has been handed on. Something that it started may hold its output for
   * longer: that is let go when nothing has come for `lingerMs`, or, once all is to stop, when the stage's own output is through.
   */
  async stageEnded(index: number, lingerMs: number, isStopped: () => boolean): Promise<void> {
    for (const incoming of this.#feeds[index] ?? []) incoming.cancel();
    if (index === 0) {
      this.#input?.cancel();
      await this.#input?.ended;
    }
    const next = this.#stages[index + 1]?.process;
    const drained = (this.#outgoing[index] ?? []).map(async (transfer) => {
      // What goes on to the next stage waits as long as that one takes.
      if (transfer === this.#hops[index]) await Promise.race([transfer.ended, next?.ended]);
      await this.#drain(transfer, lingerMs, isStopped);
    });
    await Promise.all(drained);
  }

  /** Nobody reads the output any more. */
  closeOutput(): void {
    this.#output?.cancel();
  }

  /** Whether an output was let go that something still held. */
  isHeld(): boolean {
    return this.#isHeld;
  }

  hopBytes(index: number): number | undefined {
    return this.#hops[index]?.bytes();
  }

  release(): void {
    this.#echoes.stdout?.release();
    this.#echoes.stderr?.release();
  }

  #carry(
    stage: LiveStage,
    readFd: number,
    options: TransferOptions,
    backend: StreamBackend = this.#plan.choice.backend,
  ): Transfer {
    const owned = this.#descriptors.handOver(readFd);
    if (options.writeFd !== undefined) this.#descriptors.handOver(options.writeFd);
    const transfer = backend.carry(owned, options);
    this.#outgoing[stage.plan.index]?.push(transfer);
    void this.#watch(transfer);
    return transfer;
  }

  async #watch(transfer: Transfer): Promise<void> {
    const { end, error } = await transfer.ended;
    if (end === "failed") this.#ends.onLoss(error);
  }

  async #drain(transfer: Transfer, lingerMs: number, isStopped: () => boolean): Promise<void> {
    let most = Infinity;
    for (;;) {
      const before = transfer.bytes();
      const wasReading = transfer.isReading();
      // The stage has ended: what a pipe holds is all that may still come of it.
      if (isStopped()) most = Math.min(most, before + MAX_PIPE_BYTES);
      if (await within(transfer.ended, lingerMs)) return;
      // An iterator's user may take any time for an item; an observer or a sink may not, when all is to stop.
      const isStuck = isStopped() && this.#ends.reader === undefined;
      const isSilent = (wasReading || isStuck) && transfer.bytes() === before;
      if (isSilent || transfer.bytes() > most || (isStopped() && (await isEmpty(transfer)))) break;
    }
    this.#isHeld = true;
    transfer.cancel();
    await transfer.ended;
  }

  #tap(stage: LiveStage, { readFd, writeFd }: { readonly readFd: number; readonly writeFd: number }): Transfer {
    const onLines = this.#linesOf(stage, "stdout");
    const transforms = this.#plan.transforms.get(stage.plan.index);
    if (transforms === undefined) return this.#carry(stage, readFd, { writeFd, onLines });
    const chunks = new Handoff<Uint8Array>(async () => transfer.cancel());
    const onChunk = (chunk: Uint8Array): Promise<void> => chunks.offer(Uint8Array.prototype.slice.call(chunk));
    const transfer = this.#carry(stage, readFd, { onChunk, onLines }, nodeBackend);
    void transfer.ended.then(() => chunks.end());
    const onward = feed(this.#descriptors.handOver(writeFd), transformed(chunks, transforms), this.#ends.onFault);
    this.#feeds[stage.plan.index + 1]?.push(onward);
    // Its reader has left: so has ours.
    void onward.ended.then(() => transfer.cancel());
    return transfer;
  }

  #outputOf(stage: LiveStage): TransferOptions {
    const { output, reader } = this.#ends;
    const echo = this.#echoes.stdout;
    const seen = this.#linesOf(stage, "stdout");
    const read = reader?.onLines;
    return {
      onChunk:
        read === undefined || echo !== undefined ? (chunk) => both(output.push(chunk), echo?.push(chunk)) : undefined,
      onLines: read === undefined ? seen : (lines) => both(read(lines), seen?.(lines)),
    };
  }

  #stderrOf(stage: LiveStage): TransferOptions {
    const echo = this.#echoes.stderr;
    return {
      onChunk(chunk) {
        stage.stderr.push(chunk);
        return echo?.push(chunk);
      },
      onLines: this.#linesOf(stage, "stderr"),
    };
  }

  #linesOf(stage: LiveStage, phase: "stdout" | "stderr"): TransferOptions["onLines"] {
    const pid = stage.process?.pid;
    if (!this.#plan.lines || pid === undefined) return undefined;
    return (lines) => stage.plan.observation.emitLines(phase, pid, lines);
  }

  async #reportInput(input: Feed): Promise<void> {
    const { end, bytes } = await input.ended;
    const stage = this.#stages[0];
    const pid = stage?.process?.pid;
    if (stage === undefined || pid === undefined) return;
    const { observation } = stage.plan;
    if (end === "done") observation.emit("stdin", { pid, bytes });
    // Which of the two is noticed first, that it closed its input or that it ended, does not matter.
    if (end === "readerLeft" || end === "cancelled") observation.emit("stdinError", { pid, bytes });
  }
}

/** A transform that throws when it is called does so when the first chunk is asked for, like one that is a generator. */
async function* transformed(
  chunks: Chunks,
  transforms: readonly ChunkTransform[],
): AsyncGenerator<Uint8Array | string> {
  yield* transforms.reduce<Chunks>((from, transform) => transform(bytesOf(from)), chunks);
}

/** Whether the pipe is empty: it is read, and nothing comes in a whole turn of the event loop. */
async function isEmpty(transfer: Transfer): Promise<boolean> {
  const before = transfer.bytes();
  if (!transfer.isReading()) return false;
  await new Promise((resolve) => setImmediate(resolve));
  return transfer.bytes() === before;
}

/** Chunks as the next transform gets them. */
async function* bytesOf(chunks: Chunks): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}

function both(first: void | Promise<void>, second: void | Promise<void>): void | Promise<void> {
  if (first === undefined) return second;
  return second === undefined ? first : inParallel(first, second);
}

async function inParallel(first: Promise<void>, second: Promise<void>): Promise<void> {
  await Promise.all([first, second]);
}
