import { type CompiledFilter, loadFilter } from "../compiler/compile.ts";
import type { CompileOptions } from "../compiler/compile-options.ts";
import { parseProgram } from "../language/parser.ts";
import { canonicalText } from "../value/canonical-text.ts";
import { ExactNumber } from "../value/exact-number.ts";
import { compareValues, type Value } from "../value/value.ts";
import type { Accumulator } from "./accumulators.ts";
import { type AggregationPlan, aggregationPlan } from "./aggregation-plan.ts";

/** A filter of an array of all records that takes them one by one, in memory proportional to its groups. */
export interface Aggregation {
  /** Of a record: the rows that it gives, each for `add`. */
  readonly rows: CompiledFilter;
  readonly add: (row: Value) => void;
  /** Adds several; when one of them cannot be added, none is. */
  readonly addAll: (rows: readonly Value[]) => void;
  /** Of what `result` gives: the results of the filter. */
  readonly rest: CompiledFilter;
  readonly result: () => Value;
}

/**
 * Undefined for a filter that needs all records at once.
 *
 * @throws FilterSyntaxError
 */
export async function loadAggregation(text: string, options: CompileOptions): Promise<Aggregation | undefined> {
  const { imports, body } = parseProgram(text);
  // What is included can change what any name means.
  const plan = imports.some(({ alias }) => alias === undefined) ? undefined : aggregationPlan(body);
  if (plan === undefined) return undefined;
  const groups = new Groups(plan);
  return {
    rows: await loadFilter(text, { ...options, body: plan.rows }),
    add: (row) => groups.add(row as Row),
    addAll: (rows) => groups.addAll(rows as readonly Row[]),
    rest: await loadFilter(text, { ...options, body: plan.rest }),
    result: () => groups.result(),
  };
}

/** The key of the group, an array; then what each accumulator gets. */
type Row = readonly [key: readonly Value[] | null, ...parts: (readonly Value[] | null)[]];

interface Group {
  readonly key: Value;
  readonly accumulators: readonly Accumulator[];
  isEmpty: boolean;
}

/** What the accumulators have of each group. Keys that are equal in jq's order are the same. */
class Groups {
  readonly #plan: AggregationPlan;
  readonly #only: Group | undefined;
  /** Most keys are a string or a number. */
  readonly #bySimpleKey = new Map<Value, Group>();
  readonly #byKey = new Map<string, Group>();

  constructor(plan: AggregationPlan) {
    this.#plan = plan;
    if (!plan.isGrouped) this.#only = this.#made(null);
  }

  add(row: Row): void {
    const group = this.#only ?? this.#groupOf(row[0]!);
    const { accumulators } = group;
    for (let at = 0; at < accumulators.length; at++) accumulators[at]!.add(row[at + 1] ?? NOTHING);
    group.isEmpty = false;
  }

  addAll(rows: readonly Row[]): void {
    const byGroup = new Map<Group, Row[]>();
    for (const row of rows) {
      const group = this.#only ?? this.#groupOf(row[0]!);
      const others = byGroup.get(group);
      if (others === undefined) byGroup.set(group, [row]);
      else others.push(row);
    }
    for (const [{ accumulators }, own] of byGroup)
      for (const [at, accumulator] of accumulators.entries())
        accumulator.check?.(own.flatMap((row) => row[at + 1] ?? NOTHING));
    for (const row of rows) this.add(row);
  }

  result(): Value {
    const resultOf = ({ key, accumulators }: Group): Value => [key, ...accumulators.map((each) => each.result())];
    if (this.#only !== undefined) return resultOf(this.#only);
    return [...this.#bySimpleKey.values(), ...this.#byKey.values()]
      .filter(({ isEmpty }) => !isEmpty)
      .toSorted((left, right) => compareValues(left.key, right.key))
      .map(resultOf);
  }

  #groupOf(key: readonly Value[]): Group {
    const [value = null] = key;
    const id = value instanceof ExactNumber ? value.double : value;
    if (key.length === 1 && (typeof id === "string" || isSafe(id))) return this.#found(this.#bySimpleKey, id, key);
    return this.#found(this.#byKey, canonicalText(key), key);
  }

  #found<K>(groups: Map<K, Group>, id: K, key: readonly Value[]): Group {
    let group = groups.get(id);
    if (group === undefined) groups.set(id, (group = this.#made(key)));
    return group;
  }

  #made(key: Value): Group {
    return { key, accumulators: this.#plan.accumulators.map((make) => make()), isEmpty: true };
  }
}

/** Whether numbers are equal to this one if they are as doubles. */
function isSafe(value: Value): value is number {
  return typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

const NOTHING: readonly Value[] = [];
