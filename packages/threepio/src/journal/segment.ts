import { closeSync, openSync } from "node:fs";
import { ioError, LineSplitter, readDescriptor } from "@jn/wire";
import type { JournalEvent } from "./event.ts";
import type { LinePlace, LineReader, OpenReader, SegmentIntegrity } from "./line-format.ts";

/** Bytes read at a time. With the longest line, this bounds what one segment holds in memory. */
const CHUNK_BYTES = 64 * 1024;

/** An event, and where its line is. */
export interface Read {
  readonly event: JournalEvent;
  readonly place: LinePlace | undefined;
}

/** One file of a journal, read at our own pace while its writer appends to it. */
export class Segment {
  readonly path: string;
  readonly #fd: number;
  readonly #splitter: LineSplitter;
  readonly #reader: LineReader;
  readonly #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  /** Events of the last chunk that nobody has taken yet. */
  #ready: Read[] = [];
  #taken = 0;
  #linesEnd = 0;
  #isEnding = false;

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
    this.#splitter = new LineSplitter((bytes, start, end) => this.#onLines(bytes, start, end));
  }

  /** Hands on the next events, at most `limit` of them; 0 means that there is no more for now. */
  take(limit: number, apply: (read: Read) => void): number {
    while (this.#taken === this.#ready.length) {
      this.#ready = [];
      this.#taken = 0;
      const count = readDescriptor(this.#fd, this.path, this.#chunk, 0, CHUNK_BYTES);
      if (count === 0) return 0;
      this.#splitter.push(this.#chunk.subarray(0, count));
    }
    return this.#handOn(limit, apply);
  }

  /** The file is complete: hands on what its end adds. To be called once, after `take` has returned 0. */
  finish(apply: (read: Read) => void): void {
    this.#isEnding = true;
    this.#splitter.end();
    if (this.#isEnding) this.#reader.end("", { offset: this.#linesEnd, length: 0 });
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

  #onLines(bytes: Buffer, start: number, end: number): void {
    // Decoded once, cut twice: one call into the engine for all lines instead of one for each.
    const text = bytes.toString("utf8", start, end);
    for (let at = start, textAt = 0; at < end;) {
      const newline = bytes.indexOf(NEWLINE, at);
      const textEnd = text.indexOf("\n", textAt);
      const line = text.slice(textAt, textEnd);
      const place = { offset: this.#linesEnd, length: newline - at };
      this.#linesEnd += newline + 1 - at;
      at = newline + 1;
      textAt = textEnd + 1;
      if (this.#isEnding) this.#reader.end(line, place);
      else this.#reader.line(line, place);
    }
    this.#isEnding = false;
  }
}

const NEWLINE = 10;
