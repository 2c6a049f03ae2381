import { toJson } from "../filter/value/json-text.ts";
import { asDouble, compareValues, isNumber, typeName, type Value } from "../filter/value/value.ts";
import { KeyBytes } from "../keys/key-bytes.ts";
import { DistinctCount } from "../sketches/distinct-count.ts";
import { ExactSum, type SumState } from "../sketches/exact-sum.ts";
import { QuantileDigest } from "../sketches/quantile-digest.ts";

/** What is remembered of the values of a group, to say one thing about them. */
export interface Aggregate {
  add(value: Value): void;
  /** Adds what another one of the same kind has, which came after it. */
  merge(other: this): void;
  result(): Value;
  /** What it remembers, so that another one can go on; undefined: that is too much. */
  readonly state?: () => AggregateState;
  readonly resume?: (state: AggregateState) => void;
  /** About how many bytes it has come to hold by the value; undefined: it does not grow. */
  readonly grows?: (value: Value) => number;
}

/** What an aggregate remembers of few numbers, or of one value. */
export interface AggregateState {
  /** Values that were given. */
  readonly count: number;
  readonly sum: SumState;
  readonly value: Value;
}

/** The kinds of aggregates by name. Those that calculate pass over null. */
export const AGGREGATES: ReadonlyMap<string, () => Aggregate> = new Map<string, () => Aggregate>([
  ["count", () => new Count()],
  ["sum", () => new Sum(false)],
  ["avg", () => new Sum(true)],
  ["min", () => new Extreme(-1)],
  ["max", () => new Extreme(1)],
  ["first", () => new First()],
  ["last", () => new Last()],
  ["collect", () => new Collected()],
  ["distinct", () => new Distinct()],
  ["median", () => new Quantile(0.5)],
]);

/** The aggregate of this name: of the table, or `p95` and its like. */
export function aggregateNamed(name: string): (() => Aggregate) | undefined {
  const percent = /^p(\d{1,2}(?:\.\d+)?)$/.exec(name)?.[1];
  return percent === undefined ? AGGREGATES.get(name) : () => new Quantile(Number(percent) / 100);
}

class Count implements Aggregate {
  #count = 0;

  add(value: Value): void {
    if (value !== null) this.#count++;
  }

  merge(other: this): void {
    this.#count += other.#count;
  }

  state(): AggregateState {
    return { ...NOTHING, count: this.#count };
  }

  resume({ count }: AggregateState): void {
    this.#count = count;
  }

  result(): Value {
    return this.#count;
  }
}

class Sum implements Aggregate {
  readonly #sum = new ExactSum();
  #count = 0;
  readonly #isMean: boolean;

  constructor(isMean: boolean) {
    this.#isMean = isMean;
  }

  add(value: Value): void {
    if (value === null) return;
    this.#sum.add(numberOf(value));
    this.#count++;
  }

  merge(other: this): void {
    this.#sum.merge(other.#sum);
    this.#count += other.#count;
  }

  state(): AggregateState {
    return { ...NOTHING, count: this.#count, sum: this.#sum.state() };
  }

  resume({ count, sum }: AggregateState): void {
    this.#count = count;
    this.#sum.resume(sum);
  }

  result(): Value {
    if (!this.#isMean) return this.#sum.value();
    return this.#count === 0 ? null : this.#sum.value() / this.#count;
  }
}

class Extreme implements Aggregate {
  #value: Value = null;
  readonly #sign: number;

  constructor(sign: -1 | 1) {
    this.#sign = sign;
  }

  add(value: Value): void {
    if (value === null) return;
    if (this.#value === null || compareValues(value, this.#value) * this.#sign > 0) this.#value = value;
  }

  merge(other: this): void {
    this.add(other.#value);
  }

  state(): AggregateState {
    return { ...NOTHING, value: this.#value };
  }

  resume({ value }: AggregateState): void {
    this.#value = value;
  }

  result(): Value {
    return this.#value;
  }
}

class First implements Aggregate {
  #value: Value | undefined;

  add(value: Value): void {
    this.#value ??= value;
    if (this.#value === null) this.#value = undefined;
  }

  merge(other: this): void {
    this.#value ??= other.#value;
  }

  state(): AggregateState {
    return { ...NOTHING, value: this.#value ?? null };
  }

  resume({ value }: AggregateState): void {
    this.#value = value ?? undefined;
  }

  result(): Value {
    return this.#value ?? null;
  }
}

class Last implements Aggregate {
  #value: Value = null;

  add(value: Value): void {
    if (value !== null) this.#value = value;
  }

  merge(other: this): void {
    this.add(other.#value);
  }

  state(): AggregateState {
    return { ...NOTHING, value: this.#value };
  }

  resume({ value }: AggregateState): void {
    this.#value = value;
  }

  result(): Value {
    return this.#value;
  }
}

class Collected implements Aggregate {
  readonly #values: Value[] = [];

  add(value: Value): void {
    this.#values.push(value);
  }

  merge(other: this): void {
    for (const value of other.#values) this.#values.push(value);
  }

  result(): Value {
    return [...this.#values];
  }

  grows(value: Value): number {
    return 2 * toJson(value).length + 16;
  }
}

class Distinct implements Aggregate {
  readonly #count = new DistinctCount();

  add(value: Value): void {
    if (value === null) return;
    KEY.clear();
    KEY.add(value);
    this.#count.add(KEY.bytes, 0, KEY.length);
  }

  merge(other: this): void {
    this.#count.merge(other.#count);
  }

  result(): Value {
    return this.#count.estimate();
  }
}

class Quantile implements Aggregate {
  readonly #digest = new QuantileDigest();
  readonly #share: number;

  constructor(share: number) {
    this.#share = share;
  }

  add(value: Value): void {
    if (value !== null) this.#digest.add(numberOf(value));
  }

  merge(other: this): void {
    this.#digest.merge(other.#digest);
  }

  result(): Value {
    return this.#digest.quantile(this.#share) ?? null;
  }
}

/** What is wrong with a value for this aggregate; undefined: nothing. */
export function problemWith(aggregate: string, value: Value): string | undefined {
  if (value === null || isNumber(value) || !/^(?:sum|avg|median|p\d)/.test(aggregate)) return undefined;
  return `the value is of type ${typeName(value)}, not a number`;
}

function numberOf(value: Value): number {
  return isNumber(value) ? asDouble(value) : NaN;
}

const NOTHING: AggregateState = { count: 0, sum: { sum: 0, rest: 0 }, value: null };
const KEY = new KeyBytes();
