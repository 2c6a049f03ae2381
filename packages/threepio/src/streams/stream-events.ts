import { type Body, type JournalEvent, SCHEMA_VERSION } from "../journal/event.ts";
import type { Emit, SegmentIntegrity } from "../journal/line-format.ts";

/** Events that are derived from a runner's own output: numbered as they come, so that reading again gives the same ones. */
export class StreamEvents {
  readonly #segment: string;
  readonly #emit: Emit;
  #seq = 0;
  #bad = 0;
  #read = 0;
  #runner: string | undefined;

  constructor(segment: string, emit: Emit) {
    this.#segment = segment;
    this.#emit = emit;
  }

  /** @param t ms since 1970; 0 when the output has no times */
  write(body: Body, t = 0): void {
    if (body.type === "hello") this.#runner = body.runner;
    const envelope = { v: SCHEMA_VERSION, run: "", writer: this.#segment, seq: this.#seq++, t };
    this.#emit({ ...envelope, ...body } satisfies JournalEvent, undefined);
  }

  /** The runner has shown that it is there. */
  hello(runner: string, runnerVersion?: string): void {
    if (this.#runner === undefined) this.write({ type: "hello", runner, runnerVersion, pid: 0, cwd: "" });
  }

  countLine(isBad = false): void {
    this.#read++;
    if (isBad) this.#bad++;
  }

  integrity(): SegmentIntegrity {
    return {
      segment: this.#segment,
      runner: this.#runner,
      written: this.#read,
      read: this.#read,
      failures: 0,
      bad: this.#bad,
      badPlaces: [],
      missing: 0,
      repeated: 0,
      unknown: 0,
      tornBytes: 0,
      isEnded: true,
      isJournal: false,
    };
  }
}
