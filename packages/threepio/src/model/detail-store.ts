import { closeSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ioError } from "@jn/wire";
import type { GroupError, GroupOutput, TestEnd } from "../journal/event.ts";
import { lenientBody } from "../journal/lenient.ts";
import type { LinePlace } from "../journal/line-format.ts";
import type { DetailPlace } from "./entry.ts";

/** An event with its message, stack and output. */
export type Detail = TestEnd | GroupError | GroupOutput;

/**
 * Reads events again, where the index says that they are. Events that were derived from a runner's own output have no line in
 * the journal; these are written to a file of ours.
 */
export class DetailStore {
  readonly #folder: string;
  readonly #paths: string[] = [];
  readonly #descriptors = new Map<number, number>();
  #ownFd: number | undefined;
  #ownBytes = 0;

  /** @param folder where our own file goes; made when needed */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes a segment known; the number is for `placeOf`. */
  fileNumber(path: string): number {
    return this.#paths.push(path) - 1;
  }

  /** Where the event is: in its segment, or, if it has no line there, in our own file. */
  placeOf(detail: Detail, file: number, place: LinePlace | undefined): DetailPlace {
    return place === undefined ? this.#keep(detail) : [file, place.offset, place.length];
  }

  /** @throws WireError `IO` */
  read([file, offset, length]: DetailPlace): Detail | undefined {
    const bytes = Buffer.allocUnsafeSlow(length);
    const fd = file === OWN ? this.#ownFd! : this.#opened(file);
    for (let at = 0; at < length;) {
      const count = readSync(fd, bytes, at, length - at, offset + at);
      if (count === 0) return undefined;
      at += count;
    }
    return lenientBody(JSON.parse(bytes.toString()) as Readonly<Record<string, unknown>>) as Detail | undefined;
  }

  close(): void {
    for (const fd of this.#descriptors.values()) closeSync(fd);
    if (this.#ownFd !== undefined) closeSync(this.#ownFd);
    this.#descriptors.clear();
    this.#ownFd = undefined;
  }

  #opened(file: number): number {
    const known = this.#descriptors.get(file);
    if (known !== undefined) return known;
    // Many writers must not use up our descriptors.
    if (this.#descriptors.size >= MAX_DESCRIPTORS) {
      const [oldest, fd] = this.#descriptors.entries().next().value!;
      closeSync(fd);
      this.#descriptors.delete(oldest);
    }
    const path = this.#paths[file]!;
    try {
      const fd = openSync(path, "r");
      this.#descriptors.set(file, fd);
      return fd;
    } catch (error) {
      throw ioError("open", path, error);
    }
  }

  #keep(detail: Detail): DetailPlace {
    const path = join(this.#folder, "details");
    try {
      if (this.#ownFd === undefined) {
        mkdirSync(this.#folder, { recursive: true });
        this.#ownFd = openSync(path, "w+");
      }
      const bytes = Buffer.from(JSON.stringify(detail));
      const offset = this.#ownBytes;
      for (let at = 0; at < bytes.length;) at += writeSync(this.#ownFd, bytes, at, bytes.length - at, offset + at);
      this.#ownBytes += bytes.length;
      return [OWN, offset, bytes.length];
    } catch (error) {
      throw ioError("write", path, error);
    }
  }
}

const OWN = -1;
const MAX_DESCRIPTORS = 32;
