/** A sum so far, and what rounding took from it. */
export interface SumState {
  readonly sum: number;
  readonly rest: number;
}

/** A sum of doubles whose rounding errors are summed, too (Neumaier 1974). */
export class ExactSum {
  #sum = 0;
  #rest = 0;

  add(value: number): void {
    const sum = this.#sum + value;
    if (Number.isFinite(sum)) {
      this.#rest += Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - sum + value : value - sum + this.#sum;
    }
    this.#sum = sum;
  }

  merge(other: ExactSum): void {
    this.add(other.#sum);
    this.#rest += other.#rest;
  }

  state(): SumState {
    return { sum: this.#sum, rest: this.#rest };
  }

  resume({ sum, rest }: SumState): void {
    this.#sum = sum;
    this.#rest = rest;
  }

  value(): number {
    return Number.isFinite(this.#sum) ? this.#sum + this.#rest : this.#sum;
  }
}
