import type { Body, Bye, Envelope, Hello, JournalEvent } from "./event.ts";
import { lenientBody } from "./lenient.ts";
import type { Emit, LinePlace, LineReader, SegmentIntegrity } from "./line-format.ts";

/** How many places of bad lines are kept. */
const BAD_PLACES = 5;

/** Reads a segment in the journal's own format, and checks that nothing is missing in it. */
export function journalLines(segment: string, emit: Emit): LineReader {
  let read = 0;
  let bad = 0;
  let missing = 0;
  let repeated = 0;
  let unknown = 0;
  let tornBytes = 0;
  let nextSeq = 0;
  let lastMs = 0;
  let lastWriter = "";
  let runner: string | undefined;
  let bye: Bye | undefined;
  const badPlaces: LinePlace[] = [];

  const isBad = (place: LinePlace): void => {
    bad++;
    if (badPlaces.length < BAD_PLACES) badPlaces.push(place);
  };

  const take = (value: Record<string, unknown>, place: LinePlace): void => {
    read++;
    const seq = value["seq"] as number;
    if (seq >= nextSeq) {
      missing += seq - nextSeq;
      nextSeq = seq + 1;
    } else repeated++;
    const body = lenientBody(value);
    if (body === undefined) {
      unknown++;
      return;
    }
    if (body.type === "hello") ({ runner } = body satisfies Hello);
    if (body.type === "bye") bye = body;
    emit(eventOf(value, body), place);
  };

  const eventOf = (value: Record<string, unknown>, body: Body): JournalEvent => {
    const { v, run, writer, seq, t } = value as unknown as Envelope;
    lastMs = Math.max(lastMs, t);
    // What the index keeps of each event is one text, then, instead of thousands that are alike.
    if (writer !== lastWriter) lastWriter = writer;
    if ((body as unknown) === value) return Object.assign(body as JournalEvent, { writer: lastWriter, t: lastMs });
    return { v, run, writer: lastWriter, seq, t: lastMs, ...body };
  };

  return {
    line(text, place) {
      if (text === "") return;
      const value = parsed(text);
      if (value === undefined) isBad(place);
      else take(value, place);
    },
    end(tail, place) {
      if (tail === "") return;
      // Without its newline a line is whole only if it parses: then just the newline was cut off.
      const value = parsed(tail);
      if (value === undefined) tornBytes = place.length;
      else take(value, place);
    },
    integrity(): SegmentIntegrity {
      const failures = bye?.failures ?? 0;
      return {
        segment,
        runner,
        written: bye === undefined ? undefined : bye.count + 1 - failures,
        read,
        failures,
        bad,
        badPlaces,
        missing,
        repeated,
        unknown,
        tornBytes,
        isEnded: bye !== undefined,
        isJournal: true,
      };
    },
  };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const fields = value as Record<string, unknown>;
    const { seq, t, writer, type } = fields;
    const isEnvelope =
      Number.isSafeInteger(seq) && typeof t === "number" && typeof writer === "string" && typeof type === "string";
    return isEnvelope ? fields : undefined;
  } catch {
    return undefined;
  }
}
