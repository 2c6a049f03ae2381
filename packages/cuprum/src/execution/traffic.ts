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
}

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

  /** Whether something that a stage printed is still to come. */
  isOpen(index: number): boolean {
    return this.#outgoing[index]?.some((transfer) => this.#open.has(transfer)) === true;
  }

  /** Settles when nothing more comes from any stage. */
  async quiet(): Promise<void> {
    await Promise.all(this.#outgoing.flat().map(({ ended }) => ended));
  }

  /**
   * A stage has ended: settles when all that it printed has been handed on, or when nothing of it has come for `lingerMs`
   * and something else still holds its output.
   */
  async stageEnded(index: number, lingerMs: number, isStopped: () => boolean): Promise<void> {
    for (const incoming of this.#feeds[index] ?? []) incoming.cancel();
    if (index === 0) {
      this.#input?.cancel();
      await this.#input?.ended;
    }
    const next = this.#stages[index + 1]?.process;
    for (const transfer of this.#outgoing[index] ?? []) {
      // What goes on to the next stage waits as long as that one takes.
      if (transfer === this.#hops[index]) await Promise.race([transfer.ended, next?.ended]);
      await this.#drain(transfer, lingerMs, isStopped);
    }
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

  readonly #open = new Set<Transfer>();

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
    this.#open.add(transfer);
    void transfer.ended.then(() => this.#open.delete(transfer));
    return transfer;
  }

  async #drain(transfer: Transfer, lingerMs: number, isStopped: () => boolean): Promise<void> {
    for (;;) {
      const before = transfer.bytes();
      if (await within(transfer.ended, lingerMs)) return;
      const waits = transfer.isReading() || (isStopped() && this.#ends.reader === undefined);
      if (!waits || transfer.bytes() !== before) continue;
      this.#isHeld = true;
      transfer.cancel();
    }
  }

  #tap(stage: LiveStage, { readFd, writeFd }: { readonly readFd: number; readonly writeFd: number }): Transfer {
    const onLines = this.#linesOf(stage, "stdout");
    const transforms = this.#plan.transforms.get(stage.plan.index);
    if (transforms === undefined) return this.#carry(stage, readFd, { writeFd, onLines });
    const chunks = new Handoff<Uint8Array>(async () => transfer.cancel());
    const onChunk = (chunk: Uint8Array): Promise<void> => chunks.offer(Uint8Array.prototype.slice.call(chunk));
    const transfer = this.#carry(stage, readFd, { onChunk, onLines }, nodeBackend);
    void transfer.ended.then(() => chunks.end());
    const changed = transforms.reduce<Chunks>((from, transform) => transform(bytesOf(from)), chunks);
    const onward = feed(this.#descriptors.handOver(writeFd), changed, this.#ends.onFault);
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
    if (end === "readerLeft") observation.emit("stdinError", { pid, bytes });
  }
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
