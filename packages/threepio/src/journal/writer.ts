import { closeSync, fdatasync, fdatasyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type Body, type Durability, SCHEMA_VERSION } from "./event.ts";
import { eventText } from "./event-text.ts";

export interface WriterOptions {
  /** Default `interval`. */
  readonly durability?: Durability | undefined;
  /** Told once, of the first event that could not be written. */
  readonly onFailure?: ((message: string) => void) | undefined;
}

/**
 * One segment of a journal: a file that one process appends to, one write an event. Needs nothing but Node, because it also
 * runs inside test runners. Never throws after construction: what cannot be written is counted, and said in `bye`.
 */
export class JournalWriter {
  readonly #path: string;
  readonly #folder: string;
  readonly #durability: Durability;
  readonly #onFailure: (message: string) => void;
  readonly #head: string;
  #fd: number | undefined;
  #count = 0;
  #failures = 0;
  #lastMs = 0;
  /** The time of an event, as JSON: most events have that of the one before. */
  #stamp = "";
  #isTorn = false;
  #isClosed = false;
  #isSyncing = false;
  #syncedCount = 0;
  #syncedMs = 0;

  /**
   * @param folder the run's `events` folder, absolute
   * @param run the run's id
   * @param writer a name that no other writer of the run has
   */
  constructor(folder: string, run: string, writer: string, options: WriterOptions = {}) {
    this.#folder = folder;
    this.#path = join(folder, `${writer}.jsonl`);
    this.#durability = options.durability ?? "interval";
    this.#onFailure = options.onFailure ?? (() => undefined);
    this.#head = `{"v":${SCHEMA_VERSION},"run":${JSON.stringify(run)},"writer":${JSON.stringify(writer)},"seq":`;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Writes one event; it has reached the operating system when this returns. */
  write(body: Body): void {
    if (!this.#isClosed) this.#append(body);
  }

  /** Says how many events there are, and closes. Also works from a listener of the process's `exit`. */
  close(): void {
    if (this.#isClosed) return;
    this.#append({ type: "bye", count: this.#count, failures: this.#failures });
    this.#isClosed = true;
    if (this.#fd === undefined) return;
    try {
      if (this.#durability !== "none") fdatasyncSync(this.#fd);
      closeSync(this.#fd);
    } catch (error) {
      this.#failed(error);
    }
  }

  #append(body: Body): void {
    const now = Date.now();
    // A clock that was set back must not put events before their causes.
    if (now > this.#lastMs) {
      this.#lastMs = now;
      this.#stamp = `,"t":${now}`;
    }
    const seq = this.#count++;
    try {
      this.#fd ??= this.#open();
      const line = `${this.#head}${seq}${this.#stamp}${eventText(body)}}\n`;
      const text = this.#isTorn ? `\n${line}` : line;
      const written = writeSync(this.#fd, text);
      // A part of a line stays in the file: the next line must not be glued to it.
      this.#isTorn = written < Buffer.byteLength(text);
      if (this.#isTorn) this.#rest(Buffer.from(text), written);
      this.#sync();
    } catch (error) {
      this.#failed(error);
    }
  }

  #rest(bytes: Buffer, start: number): void {
    for (let at = start; at < bytes.length;) at += writeSync(this.#fd!, bytes, at);
    this.#isTorn = false;
  }

  #open(): number {
    mkdirSync(this.#folder, { recursive: true });
    return openSync(this.#path, "a", 0o666);
  }

  /** Group commit: off the main thread where that will do, so that a slow disk does not hold up the tests. */
  #sync(): void {
    if (this.#durability === "event") fdatasyncSync(this.#fd!);
    if (this.#durability !== "interval" || this.#isSyncing) return;
    if (this.#syncedMs === 0) this.#syncedMs = this.#lastMs;
    const waitMs = this.#count - this.#syncedCount < SYNC_EVENTS ? SYNC_MS : SYNC_MIN_MS;
    if (this.#lastMs - this.#syncedMs < waitMs) return;
    this.#isSyncing = true;
    this.#syncedCount = this.#count;
    this.#syncedMs = this.#lastMs;
    fdatasync(this.#fd!, (error) => {
      this.#isSyncing = false;
      // The system says it once: a later sync of the same data would succeed. After close() it is the descriptor that is gone.
      if (error !== null && !this.#isClosed) this.#failed(error);
    });
  }

  #failed(error: unknown): void {
    this.#failures++;
    this.#isTorn = true;
    if (this.#failures === 1) this.#onFailure(`cannot write ${this.#path}: ${String(error)}`);
    // The next event tries a new descriptor: the old one may be what failed.
    const fd = this.#fd;
    this.#fd = undefined;
    try {
      if (fd !== undefined) closeSync(fd);
    } catch {
      // It was the descriptor indeed.
    }
  }
}

const SYNC_EVENTS = 1000;
const SYNC_MS = 1000;
/** However many events there are. */
const SYNC_MIN_MS = 100;
