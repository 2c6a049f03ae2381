/** Keeps the first bytes of an output, counts all. */
export class Capture {
  readonly #maxBytes: number;
  readonly #chunks: Uint8Array[] = [];
  #kept = 0;
  #total = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Copies what it keeps: the chunk may be used again. */
  push(chunk: Uint8Array): void {
    this.#total += chunk.length;
    const room = this.#maxBytes - this.#kept;
    if (room <= 0) return;
    const kept = Uint8Array.prototype.slice.call(chunk, 0, room);
    this.#chunks.push(kept);
    this.#kept += kept.length;
  }

  get isTruncated(): boolean {
    return this.#total > this.#kept;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#kept);
    let at = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }
}
