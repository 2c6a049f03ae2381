/** What a search has tried, an instruction at a position, and failed. */
export class TriedPlaces {
  readonly #width: number;
  readonly #bits: Uint8Array;

  private constructor(width: number, bits: Uint8Array) {
    this.#width = width;
    this.#bits = bits;
  }

  /** Undefined for what is too much to remember. */
  static of(instructions: number, positions: number): TriedPlaces | undefined {
    const bits = instructions * positions;
    return bits > MAX_BITS ? undefined : new TriedPlaces(positions, new Uint8Array(Math.ceil(bits / 8)));
  }

  /** Whether an instruction was tried at a position before; from now on it was. What failed once fails again. */
  isTried(instruction: number, at: number): boolean {
    const bit = instruction * this.#width + at;
    const mask = 1 << (bit & 7);
    const byte = this.#bits[bit >>> 3]!;
    this.#bits[bit >>> 3] = byte | mask;
    return (byte & mask) !== 0;
  }
}

const MAX_BITS = 2 ** 30;
