/** Keeps the last bytes of an output, in a ring: what matters of a long standard error stands at its end. */
export class Tail {
  readonly #ring: Uint8Array;
  #total = 0;

  constructor(maxBytes: number) {
    this.#ring = new Uint8Array(maxBytes);
  }

  push(chunk: Uint8Array): void {
    const size = this.#ring.length;
    const kept = chunk.length > size ? chunk.subarray(chunk.length - size) : chunk;
    this.#total += chunk.length;
    if (kept.length === 0) return;
    const start = (this.#total - kept.length) % size;
    const before = kept.subarray(0, size - start);
    this.#ring.set(before, start);
    this.#ring.set(kept.subarray(before.length), 0);
  }

  get isTruncated(): boolean {
    return this.#total > this.#ring.length;
  }

  bytes(): Uint8Array {
    if (!this.isTruncated) return this.#ring.slice(0, this.#total);
    const start = this.#total % this.#ring.length;
    const whole = new Uint8Array(this.#ring.length);
    whole.set(this.#ring.subarray(start), 0);
    whole.set(this.#ring.subarray(0, start), this.#ring.length - start);
    // Where it was cut there may be the rest of a character: its continuation bytes say nothing.
    let from = 0;
    while (from < 3 && from < whole.length && ((whole[from] ?? 0) & 0xc0) === 0x80) from++;
    return whole.subarray(from);
  }
}
