import { readValue } from "../../filter/record-value.ts";
import { asDouble, isNumber, typeName } from "../../filter/value/value.ts";
import { DistinctCount } from "../../sketches/distinct-count.ts";
import { ExactSum } from "../../sketches/exact-sum.ts";
import { QuantileDigest } from "../../sketches/quantile-digest.ts";

/** What is known of the values of one field, in constant memory. */
export class FieldStatistics {
  readonly #field: string;
  readonly #types = new Map<string, number>();
  readonly #distinct = new DistinctCount();
  #count = 0;
  #numbers: Numbers | undefined;
  #texts: { least: string; greatest: string } | undefined;

  constructor(field: string) {
    this.#field = field;
  }

  /** Adds the value `bytes[start..end)`. */
  add(bytes: Buffer, start: number, end: number): void {
    this.#count++;
    const first = bytes[start];
    const isNested = first === OPEN_BRACE || first === OPEN_BRACKET;
    const value = isNested ? undefined : readValue(bytes, start, end);
    const type = value === undefined ? (first === OPEN_BRACE ? "object" : "array") : typeName(value);
    this.#types.set(type, (this.#types.get(type) ?? 0) + 1);
    if (value !== null) this.#distinct.add(bytes, start, end);
    if (value !== undefined && isNumber(value)) (this.#numbers ??= new Numbers()).add(asDouble(value));
    else if (typeof value === "string") this.#addText(value.slice(0, SHOWN_CHARACTERS));
  }

  /** @param records how many there were */
  line(records: number): string {
    const types = Object.fromEntries([...this.#types].toSorted(([, a], [, b]) => b - a));
    const { least, greatest } = this.#texts ?? {};
    const known = {
      field: this.#field,
      count: this.#count,
      missing: records - this.#count,
      nulls: this.#types.get("null") ?? 0,
      types,
      distinct: this.#distinct.estimate(),
      ...this.#numbers?.summary(),
      ...(least !== undefined && { first_text: least, last_text: greatest }),
    };
    return `${JSON.stringify(known)}\n`;
  }

  #addText(text: string): void {
    this.#texts ??= { least: text, greatest: text };
    if (text < this.#texts.least) this.#texts.least = text;
    if (text > this.#texts.greatest) this.#texts.greatest = text;
  }
}

class Numbers {
  readonly #sum = new ExactSum();
  readonly #digest = new QuantileDigest();
  #count = 0;
  #least = Infinity;
  #greatest = -Infinity;

  add(value: number): void {
    this.#count++;
    this.#sum.add(value);
    this.#digest.add(value);
    if (value < this.#least) this.#least = value;
    if (value > this.#greatest) this.#greatest = value;
  }

  summary(): Readonly<Record<string, number | undefined>> {
    const [p25, median, p75, p95] = [0.25, 0.5, 0.75, 0.95].map((share) => this.#digest.quantile(share));
    return {
      min: this.#least,
      max: this.#greatest,
      sum: this.#sum.value(),
      mean: this.#sum.value() / this.#count,
      p25,
      median,
      p75,
      p95,
    };
  }
}

const OPEN_BRACE = 123;
const OPEN_BRACKET = 91;
const SHOWN_CHARACTERS = 100;
