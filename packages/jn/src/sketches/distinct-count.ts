import { ValueHash } from "./value-hash.ts";

/**
 * How many different values there were, about: HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007) with 4096 registers of a byte,
 * whose standard error is 1.6 %; estimated as by Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017),
 * algorithm 6, which needs no corrections for small or large counts. Memory is constant: 4 KiB.
 */
export class DistinctCount {
  readonly #registers = new Uint8Array(REGISTERS);

  /** Adds the value that is written as `bytes[start..end)`. */
  add(bytes: Uint8Array, start: number, end: number): void {
    HASH.of(bytes, start, end);
    const register = HASH.high >>> (32 - REGISTER_BITS);
    const rank = Math.clz32(HASH.low) + 1;
    if (rank > this.#registers[register]!) this.#registers[register] = rank;
  }

  merge(other: DistinctCount): void {
    for (let at = 0; at < REGISTERS; at++) {
      this.#registers[at] = Math.max(this.#registers[at]!, other.#registers[at]!);
    }
  }

  estimate(): number {
    const counts = new Float64Array(MAX_RANK + 1);
    for (const rank of this.#registers) counts[rank]!++;
    let z = REGISTERS * tau(1 - counts[MAX_RANK]! / REGISTERS);
    for (let rank = MAX_RANK - 1; rank > 0; rank--) z = (z + counts[rank]!) / 2;
    z += REGISTERS * sigma(counts[0]! / REGISTERS);
    return Math.round((REGISTERS * REGISTERS) / (2 * Math.LN2 * z));
  }
}

function sigma(share: number): number {
  if (share === 1) return Infinity;
  let x = share;
  let y = 1;
  let z = x;
  for (let before = -1; z !== before;) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - x;
  for (let before = -1; z !== before;) {
    x = Math.sqrt(x);
    before = z;
    y /= 2;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}

const HASH = new ValueHash();
const REGISTER_BITS = 12;
const REGISTERS = 1 << REGISTER_BITS;
/** The rank of a hash whose 32 bits are zeros. */
const MAX_RANK = 33;
