import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ioError } from "@jn/wire";
import type { JournalEvent, StreamSource } from "./event.ts";
import { journalLines } from "./journal-lines.ts";
import type { LinePlace, OpenReader, SegmentIntegrity } from "./line-format.ts";
import { Segment } from "./segment.ts";

/** Takes an event; `file` is the number that `fileNumber` gave its segment. */
export type Apply = (event: JournalEvent, file: number, place: LinePlace | undefined) => void;

export interface JournalOptions {
  /** Formats of streams that are not journal segments, by name. */
  readonly formats: ReadonlyMap<string, OpenReader>;
  /** Called for each segment that is found, with its path; the number comes back with its events. */
  readonly fileNumber: (path: string) => number;
}

/** Name of the folder of segments in a run's folder. */
export const EVENTS_FOLDER = "events";

/**
 * The journal of one run: all its segments, also those that turn up later. The file is the queue: writers append, we pull, and
 * nothing is held between them.
 */
export class Journal {
  readonly #folder: string;
  readonly #options: JournalOptions;
  #isCaughtUp = true;
  /** Labels of the parts that the run is put together from, by their folders. */
  readonly #parts = new Map<string, string | undefined>();
  readonly #segments = new Map<string, OpenSegment>();

  /** @param folder the run's folder */
  constructor(folder: string, options: JournalOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  /**
   * Hands on at most `limit` events, from every segment in turn, and returns how many it were: 0 means that there are no
   * more for now.
   *
   * @throws WireError `IO`
   */
  pull(limit: number, apply: Apply): number {
    // While there is a backlog, a new segment can wait.
    if (this.#isCaughtUp) this.#discover();
    let count = 0;
    for (const open of this.#segments.values()) {
      if (count === limit) break;
      count += open.segment.take(limit - count, ({ event, place }) => this.#handOn(event, open, place, apply));
    }
    this.#isCaughtUp = count < limit;
    return count;
  }

  /** Nobody writes any more: reads everything to the end. The journal is closed then. */
  finish(apply: Apply): void {
    this.#isCaughtUp = true;
    while (this.pull(FINISH_BATCH, apply) > 0);
    // A stream that ends can name no further ones, so one pass over the segments is enough.
    for (const open of this.#segments.values()) {
      open.segment.finish(({ event, place }) => this.#handOn(event, open, place, apply));
    }
  }

  /** The account of every segment, in alphabetical order. */
  integrity(): readonly SegmentIntegrity[] {
    return [...this.#segments.values()]
      .map(({ segment }) => segment.integrity())
      .toSorted((left, right) => (left.segment < right.segment ? -1 : 1));
  }

  #discover(): void {
    this.#discoverIn("", undefined);
    for (const [part, label] of this.#parts) this.#discoverIn(`${part}/`, label);
  }

  #discoverIn(part: string, label: string | undefined): void {
    const folder = join(this.#folder, part, EVENTS_FOLDER);
    let names: string[];
    try {
      names = existsSync(folder) ? readdirSync(folder) : [];
    } catch (error) {
      throw ioError("read", folder, error);
    }
    for (const name of names.toSorted()) {
      const path = `${EVENTS_FOLDER}/${name}`;
      if (name.endsWith(ENDING)) this.#open(path, name.slice(0, -ENDING.length), journalLines, { part, label });
      else if (name.endsWith(".xml")) this.#openStream({ file: path, format: "junit" }, { part, label });
    }
  }

  #open(path: string, name: string, reader: OpenReader, { part, label }: Place): void {
    if (this.#segments.has(part + path)) return;
    const whole = join(this.#folder, part, path);
    const segment = new Segment(whole, part.replace(/^parts\//, "") + name, reader);
    this.#segments.set(part + path, { segment, file: this.#options.fileNumber(whole), part, label });
  }

  #handOn(event: JournalEvent, open: OpenSegment, place: LinePlace | undefined, apply: Apply): void {
    const { part, label, file } = open;
    if (event.type === "run.start") {
      for (const stream of event.streams) this.#openStream(stream, open);
      for (const inner of event.parts ?? []) {
        const folder = part + inner.folder;
        if (this.#parts.has(folder)) continue;
        this.#parts.set(folder, [label, inner.label].filter(Boolean).join(" ") || undefined);
        this.#discoverIn(`${folder}/`, this.#parts.get(folder));
      }
    }
    apply(part === "" ? event : inPart(event, part.replace(/^parts\//, ""), label), file, place);
  }

  #openStream({ file, format }: StreamSource, place: Place): void {
    const reader = this.#options.formats.get(format);
    if (reader !== undefined && existsSync(join(this.#folder, place.part, file))) this.#open(file, file, reader, place);
  }
}

/** Where a segment stands: in the run itself (empty), or in a part of it, `parts/NAME/`. */
interface Place {
  readonly part: string;
  readonly label: string | undefined;
}

interface OpenSegment extends Place {
  readonly segment: Segment;
  readonly file: number;
}

/** Writers of several machines may have the same name, and their tests the same paths. */
function inPart(event: JournalEvent, part: string, label: string | undefined): JournalEvent {
  const writer = `${part}${event.writer}`;
  if (label === undefined || !("path" in event)) return { ...event, writer, part };
  const project = event.project === undefined || event.project === "" ? label : `${label} ${event.project}`;
  return { ...event, writer, part, project };
}

const ENDING = ".jsonl";
const FINISH_BATCH = 10_000;
