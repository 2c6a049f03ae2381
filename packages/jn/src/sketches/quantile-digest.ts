/**
 * Quantiles of any number of numbers, about: the merging t-digest (Dunning and Ertl, "Computing extremely accurate quantiles using
 * t-digests", 2019) with the scale function k1 and compression 200. Exact as long as there are few numbers, and accurate at the ends.
 * Memory is constant, some KiB.
 */
export class QuantileDigest {
  #means: Float64Array = new Float64Array(CAPACITY);
  #weights: Float64Array = new Float64Array(CAPACITY);
  #count = 0;
  #total = 0;
  #least = Infinity;
  #greatest = -Infinity;

  add(value: number): void {
    this.#addCentroid(value, 1);
    if (value < this.#least) this.#least = value;
    if (value > this.#greatest) this.#greatest = value;
  }

  merge(other: QuantileDigest): void {
    for (let at = 0; at < other.#count; at++) this.#addCentroid(other.#means[at]!, other.#weights[at]!);
    this.#least = Math.min(this.#least, other.#least);
    this.#greatest = Math.max(this.#greatest, other.#greatest);
  }

  /** The value below which this share (0 to 1) of the numbers is, between neighbours in proportion; undefined without numbers. */
  quantile(share: number): number | undefined {
    if (this.#total === 0) return undefined;
    this.#compress();
    const wanted = share * (this.#total - 1);
    let before = { rank: 0, value: this.#least };
    let rank = 0;
    for (let at = 0; at < this.#count; at++) {
      const center = { rank: rank + (this.#weights[at]! - 1) / 2, value: this.#means[at]! };
      if (center.rank >= wanted) return between(before, center, wanted);
      before = center;
      rank += this.#weights[at]!;
    }
    return between(before, { rank: this.#total - 1, value: this.#greatest }, wanted);
  }

  #addCentroid(mean: number, weight: number): void {
    if (this.#count === CAPACITY) this.#compress();
    this.#means[this.#count] = mean;
    this.#weights[this.#count++] = weight;
    this.#total += weight;
  }

  /** Joins neighbours as long as they span at most one step of the scale. */
  #compress(): void {
    const order = Array.from({ length: this.#count }, (_, at) => at).toSorted(
      (a, b) => this.#means[a]! - this.#means[b]!,
    );
    const means = new Float64Array(CAPACITY);
    const weights = new Float64Array(CAPACITY);
    let count = 0;
    let passed = 0;
    let limit = this.#total * shareAfter(0);
    for (const at of order) {
      const weight = this.#weights[at]!;
      if (count > 0 && passed + weight <= limit) {
        const joined = weights[count - 1]! + weight;
        means[count - 1]! += ((this.#means[at]! - means[count - 1]!) * weight) / joined;
        weights[count - 1] = joined;
      } else {
        limit = this.#total * shareAfter(passed / this.#total);
        means[count] = this.#means[at]!;
        weights[count++] = weight;
      }
      passed += weight;
    }
    this.#means = means;
    this.#weights = weights;
    this.#count = count;
  }
}

/** How far one step of the scale k1 reaches from the quantile `share`. */
function shareAfter(share: number): number {
  const next = Math.asin(Math.min(1, 2 * share - 1)) + (2 * Math.PI) / COMPRESSION;
  return next >= Math.PI / 2 ? 1 : (Math.sin(next) + 1) / 2;
}

interface Ranked {
  readonly rank: number;
  readonly value: number;
}

function between(left: Ranked, right: Ranked, rank: number): number {
  if (right.rank <= left.rank || rank >= right.rank) return right.value;
  return left.value + ((rank - left.rank) / (right.rank - left.rank)) * (right.value - left.value);
}

const COMPRESSION = 200;
const CAPACITY = 1000;
