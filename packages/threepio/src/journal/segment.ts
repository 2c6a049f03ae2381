import { closeSync, openSync } from "node:fs";
import { ioError, LineSplitter, readBuffer, readDescriptor } from "@jn/wire";
import { decoded } from "../decoded.ts";
import type { JournalEvent } from "./event.ts";
import type { LinePlace, LineReader, OpenReader, SegmentIntegrity } from "./line-format.ts";

/** Bytes read at a time. With the longest line, this bounds what one segment holds in memory. */
const CHUNK_BYTES = 64 * 1024;

/** An event, and where its line is. */
export interface Read {
  readonly event: JournalEvent;
  readonly place: LinePlace | undefined;
}

/**
 * One file of a journal, read at our own pace while its writer appends to it. Lines are parsed one by one, when somebody takes
 * their events: events that wait would outlive the young generation of the heap.
 */
export class Segment {
  readonly path: string;
  readonly #fd: number;
  readonly #splitter: LineSplitter;
  readonly #reader: LineReader;
  readonly #chunk = readBuffer(CHUNK_BYTES);
  /** Whole lines that nobody has taken yet. */
  readonly #texts: Lines[] = [];
  /** Events of the last line that nobody has taken yet. */
  #ready: Read[] = [];
  #taken = 0;
  #linesEnd = 0;

  /**
   * @param path the file
   * @param name how reports call it
   * @throws WireError `IO`
   */
  constructor(path: string, name: string, openReader: OpenReader) {
    this.path = path;
    try {
      this.#fd = openSync(path, "r");
    } catch (error) {
      throw ioError("open", path, error);
    }
    this.#reader = openReader(name, (event, place) => this.#ready.push({ event, place }));
    this.#splitter = new LineSplitter((bytes, start, end) => this.#texts.push(linesOf(bytes, start, end)));
  }

  /** Hands on the next events, at most `limit` of them; 0 means that there is no more for now. */
  take(limit: number, apply: (read: Read) => void): number {
    let count = 0;
    for (;;) {
      count += this.#handOn(limit - count, apply);
      if (count === limit) return count;
      if (this.#nextLine()) continue;
      // What is taken in one go is of one chunk, so that segments take turns.
      if (count > 0) return count;
      const bytes = readDescriptor(this.#fd, this.path, this.#chunk, 0, CHUNK_BYTES);
      if (bytes === 0) return 0;
      this.#splitter.push(this.#chunk.subarray(0, bytes));
    }
  }

  /** The file is complete: hands on what its end adds. To be called once, after `take` has returned 0. */
  finish(apply: (read: Read) => void): void {
    this.#splitter.end();
    const [tail] = this.#texts;
    this.#reader.end(tail?.text.slice(0, -1) ?? "", { offset: this.#linesEnd, length: tail?.lengths[0] ?? 0 });
    this.#handOn(Infinity, apply);
    closeSync(this.#fd);
  }

  integrity(): SegmentIntegrity {
    return this.#reader.integrity();
  }

  #handOn(limit: number, apply: (read: Read) => void): number {
    const end = Math.min(this.#ready.length, this.#taken + limit);
    const count = end - this.#taken;
    while (this.#taken < end) apply(this.#ready[this.#taken++]!);
    return count;
  }

  /** Parses the next line; false if there is none. */
  #nextLine(): boolean {
    const [lines] = this.#texts;
    if (lines === undefined) return false;
    this.#ready = [];
    this.#taken = 0;
    const { text, lengths } = lines;
    const end = text.indexOf("\n", lines.textAt);
    const place = { offset: this.#linesEnd, length: lengths[lines.taken++]! };
    this.#linesEnd += place.length + 1;
    const line = text.slice(lines.textAt, end);
    lines.textAt = end + 1;
    if (lines.taken === lengths.length) this.#texts.shift();
    this.#reader.line(line, place);
    return true;
  }
}

/** Lines, each with its newline, and how much of them has been taken. */
interface Lines {
  readonly text: string;
  /** Bytes of each line, without its newline. */
  readonly lengths: readonly number[];
  taken: number;
  textAt: number;
}

/** Decoded once, cut twice: one call into the engine for all lines instead of one for each. */
function linesOf(bytes: Buffer, start: number, end: number): Lines {
  const lengths: number[] = [];
  for (let at = start; at < end;) {
    const newline = bytes.indexOf(NEWLINE, at);
    lengths.push(newline - at);
    at = newline + 1;
  }
  return { text: decoded(bytes, start, end), lengths, taken: 0, textAt: 0 };
}

const NEWLINE = 10;
