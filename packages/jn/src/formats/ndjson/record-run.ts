import type { ByteSink } from "@jn/wire";

/**
 * Passes records on by their own bytes, joining neighbours: lines that follow one another in the input are copied, or
 * drained without a copy, in one piece.
 */
export class RecordRun {
  #start = 0;
  #end = 0;

  /** Passes on the record `bytes[start..end)` as a line. */
  add(bytes: Buffer, start: number, end: number, out: ByteSink): void {
    const endsLine = bytes[end] === NEWLINE;
    if (start !== this.#end || this.#end === this.#start) {
      this.end(bytes, out);
      this.#start = start;
    }
    this.#end = endsLine ? end + 1 : end;
    if (endsLine) return;
    this.end(bytes, out);
    out.append(NEWLINE_BYTES, 0, 1);
    out.commit();
  }

  /** Writes the run that is open. Must be called before `bytes` changes. */
  end(bytes: Buffer, out: ByteSink): void {
    if (this.#end > this.#start) out.appendRecords(bytes, this.#start, this.#end);
    this.#start = 0;
    this.#end = 0;
  }
}

const NEWLINE = 10;
const NEWLINE_BYTES = Buffer.from("\n");
