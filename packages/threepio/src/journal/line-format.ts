import type { JournalEvent } from "./event.ts";

/** Where a line stands in a segment: bytes from its start. */
export interface LinePlace {
  readonly offset: number;
  readonly length: number;
}

/** Takes an event, and where the line is from which it can be read again in full. */
export type Emit = (event: JournalEvent, place: LinePlace | undefined) => void;

/** Reads one segment, line by line, as events. The journal's own format is one of these, a runner's output another. */
export interface LineReader {
  /** Takes a line without its newline. */
  line(text: string, place: LinePlace): void;
  /** The segment is complete; `tail` is what stands after its last newline. */
  end(tail: string, place: LinePlace): void;
  /** What there is to say about the segment so far. */
  integrity(): SegmentIntegrity;
}

export type OpenReader = (segment: string, emit: Emit) => LineReader;

/** The account of one segment. */
export interface SegmentIntegrity {
  readonly segment: string;
  readonly runner: string | undefined;
  /** Lines that its writer says it wrote; undefined when it did not come to that. */
  readonly written: number | undefined;
  /** Lines read. */
  readonly read: number;
  /** Events that the writer could not write. */
  readonly failures: number;
  /** Lines that are no event; `badPlaces` are the first of them. */
  readonly bad: number;
  readonly badPlaces: readonly LinePlace[];
  /** Events whose numbers are missing. */
  readonly missing: number;
  /** Events whose number had been there before. */
  readonly repeated: number;
  /** Events of a type that we do not know. */
  readonly unknown: number;
  /** Bytes of a last line that was cut off. */
  readonly tornBytes: number;
  /** Whether its writer said that it was done. */
  readonly isEnded: boolean;
  /** True for a journal segment, false for a runner's own output. */
  readonly isJournal: boolean;
}
