import { type CarriedFlow, type FlowMeter, monotonicMs, useFlowMeter } from "@jn/wire";
import type { Flow } from "./flow.ts";

/** Called now and then, while the process works. */
export type OnFlow = (flow: Flow) => void;

/**
 * Counts what goes through this process. The clock is read around calls that may block, and nowhere else but between the
 * stages that share a process.
 */
export class StageMeter implements FlowMeter {
  readonly #in = newSide();
  readonly #out = newSide();
  #totalBytes: number | undefined;
  readonly #beganMs = monotonicMs();
  #dueMs = this.#beganMs + FIRST_MS;
  #waitsSinceMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #onFlow: OnFlow[] = [];
  /** Of stages that share the process: names, what each took, and which one is at work since when. */
  #parts: readonly string[] = [];
  #workMs: number[] = [];
  #atWork = 0;
  #sinceMs = this.#beganMs;

  start(onFlow: OnFlow): void {
    this.#onFlow.push(onFlow);
    useFlowMeter(this);
  }

  /** Nobody is told any more. */
  stop(): void {
    clearInterval(this.#timer);
    this.#onFlow.length = 0;
    useFlowMeter(undefined);
  }

  /** What is going to be read is known. */
  expect(bytes: number): void {
    this.#totalBytes = bytes;
  }

  /** This process is several stages. The first one is at work whenever no other is. */
  consistOf(stages: readonly string[]): void {
    this.#parts = stages;
    this.#workMs = stages.map(() => 0);
    this.#sinceMs = monotonicMs();
  }

  /** A stage begins to work, or goes on; returns the one that was at work. */
  turn(stage: number): number {
    const nowMs = monotonicMs();
    const before = this.#atWork;
    this.#workMs[before] = (this.#workMs[before] ?? 0) + nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
    this.#atWork = stage;
    return before;
  }

  /** Of the work of the stage that is at it, so many milliseconds were another one's. */
  credit(stage: number, ms: number): void {
    this.#workMs[stage] = (this.#workMs[stage] ?? 0) + ms;
    this.#workMs[this.#atWork]! -= ms;
  }

  /** Who waits without blocking can go on telling how it stands. */
  waits(beganMs: number): void {
    this.#waitsSinceMs = beganMs;
    this.#timer ??= setInterval(() => this.#tellIfDue(monotonicMs()), EVERY_MS).unref();
  }

  read(bytes: Uint8Array, count: number, beganMs: number): void {
    const nowMs = monotonicMs();
    this.#waitsSinceMs = undefined;
    this.#in.bytes += count;
    this.#in.waitMs += nowMs - beganMs;
    this.#passed(this.#in, bytes, 0, count, nowMs, beganMs);
  }

  written(bytes: Uint8Array, start: number, end: number, beganMs: number): void {
    const nowMs = monotonicMs();
    this.#out.bytes += end - start;
    this.#out.waitMs += nowMs - beganMs;
    this.#passed(this.#out, bytes, start, end, nowMs, beganMs);
  }

  carried({ bytesRead, bytesWritten, lines, waitInMs, waitOutMs }: CarriedFlow): void {
    this.#in.bytes += bytesRead;
    this.#in.waitMs += waitInMs;
    this.#in.sampleBytes += bytesRead;
    this.#in.sampleLines += lines;
    this.#out.bytes += bytesWritten;
    this.#out.waitMs += waitOutMs;
    if (this.#parts.length > 0) this.#workMs[this.#atWork]! -= waitInMs + waitOutMs;
    this.#tellIfDue(monotonicMs());
  }

  flow(): Flow {
    if (this.#parts.length > 0) this.turn(this.#atWork);
    const nowMs = monotonicMs();
    const waitsMs = this.#waitsSinceMs === undefined ? 0 : nowMs - this.#waitsSinceMs;
    return {
      ms: nowMs - this.#beganMs,
      bytesIn: this.#in.bytes,
      bytesOut: this.#out.bytes,
      waitInMs: this.#in.waitMs + waitsMs,
      waitOutMs: this.#out.waitMs,
      // A filter drops some of what comes in; a line of JSON may become a million of them.
      recordsAbout: Math.max(linesOf(this.#in), linesOf(this.#out)),
      ...(this.#totalBytes !== undefined && { totalBytes: this.#totalBytes }),
      ...(this.#parts.length > 0 && {
        parts: this.#parts.map((stage, index) => {
          const waited = index === this.#atWork ? waitsMs : 0;
          return { stage, workMs: Math.max(0, this.#workMs[index]! - waited) };
        }),
      }),
    };
  }

  #passed(side: Side, bytes: Uint8Array, start: number, end: number, nowMs: number, beganMs: number): void {
    // Waiting is nobody's work.
    if (this.#parts.length > 0) this.#workMs[this.#atWork]! -= nowMs - beganMs;
    if (nowMs >= side.sampleDueMs) {
      const sampleEnd = Math.min(end, start + SAMPLE_BYTES);
      side.sampleDueMs = nowMs + EVERY_MS;
      side.sampleBytes += sampleEnd - start;
      for (let at = start; at < sampleEnd; at++) if (bytes[at] === NEWLINE) side.sampleLines++;
    }
    this.#tellIfDue(nowMs);
  }

  #tellIfDue(nowMs: number): void {
    if (nowMs < this.#dueMs) return;
    this.#dueMs = nowMs + EVERY_MS;
    const flow = this.flow();
    for (const tell of this.#onFlow) tell(flow);
  }
}

/** Input or output. */
interface Side {
  bytes: number;
  waitMs: number;
  sampleDueMs: number;
  sampleBytes: number;
  sampleLines: number;
}

function newSide(): Side {
  return { bytes: 0, waitMs: 0, sampleDueMs: 0, sampleBytes: 0, sampleLines: 0 };
}

/** As many as there are line ends in a sample of it. */
function linesOf({ bytes, sampleBytes, sampleLines }: Side): number {
  return sampleBytes === 0 ? 0 : Math.round((bytes * sampleLines) / sampleBytes);
}

const NEWLINE = 10;
/** As much of a chunk as is looked through for line ends: all of a mebibyte takes milliseconds. */
const SAMPLE_BYTES = 32 * 1024;
/** Short work is not worth a look. */
const FIRST_MS = 1000;
const EVERY_MS = 250;
