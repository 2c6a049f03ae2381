import { ByteSink } from "@jn/wire";

/** What a filter makes of one record, held until it is known that it made all of it. */
export class HeldResults {
  #pieces: Buffer[] = [];
  readonly sink: ByteSink = new ByteSink((bytes, start, end) =>
    this.#pieces.push(Buffer.from(bytes.subarray(start, end))),
  );

  clear(): void {
    this.#pieces = [];
    this.sink.length = 0;
  }

  moveTo(out: ByteSink): void {
    for (const piece of this.#pieces) out.appendRecords(piece, 0, piece.length);
    out.append(this.sink.bytes, 0, this.sink.length);
    out.commit();
    this.clear();
  }
}
