import { toJson } from "../filter/value/json-text.ts";
import type { Value } from "../filter/value/value.ts";
import { badData, usageError } from "../jn-error.ts";
import type { LinePosition } from "../json/record-check.ts";
import { fieldList } from "../keys/field-list.ts";
import { didYouMean } from "../text/suggestion.ts";
import { type Aggregate, aggregateNamed, AGGREGATES, type AggregateState, problemWith } from "./aggregate.ts";

/** One of `--agg`. */
export interface AggregateSpec {
  /** What the result is called. */
  readonly name: string;
  /** `sum`. */
  readonly kind: string;
  /** As it was written: `sum(.x)`. */
  readonly text: string;
  /** The field that it is of; undefined: the record. */
  readonly path: readonly string[] | undefined;
  readonly make: () => Aggregate;
}

/** Help for the flag. */
export const AGGREGATE_HELP: string =
  "what to say of them: 'n: count, total: sum(.x)'; count, sum, avg, min, max, first, last, collect, distinct, median, p95, ...";

/**
 * Reads `n: count, total: sum(.x)`.
 *
 * @throws JnError `USAGE`
 */
export function aggregateList(text: string): readonly AggregateSpec[] {
  const specs: AggregateSpec[] = [];
  ITEM.lastIndex = 0;
  while (ITEM.lastIndex < text.length) {
    const found = ITEM.exec(text);
    if (found === null) throw usageError(`--agg: '${text}' is not written as 'n: count, total: sum(.x)'`);
    const [, quoted, plain, kind = "", argument] = found;
    const make = aggregateNamed(kind);
    if (make === undefined) {
      const known = [...AGGREGATES.keys(), "p95"];
      throw usageError(`--agg: there is no '${kind}'${didYouMean(kind, known)}; there are: ${known.join(", ")}`);
    }
    if (argument === undefined && kind !== "count" && kind !== "collect")
      throw usageError(`--agg: ${kind} needs a field: ${kind}(.x)`);
    const field = argument === undefined ? undefined : fieldList(argument.trim(), `--agg: ${kind}`)[0];
    const name = quoted === undefined ? (plain ?? (field === undefined ? kind : `${kind}_${field.name}`)) : quoted;
    if (specs.some((spec) => spec.name === name)) throw usageError(`--agg: the name ${name} is there twice`);
    specs.push({ name, kind, text: argument === undefined ? kind : `${kind}(${argument})`, path: field?.path, make });
  }
  if (specs.length === 0) throw usageError("--agg: it is empty");
  return specs;
}

/**
 * Checks that the values of a record's fields are those that the aggregates are of.
 *
 * @param values from `start` on of each aggregate that has a field, in order
 * @throws JnError `BAD_DATA`
 */
export function checkValues(
  specs: readonly AggregateSpec[],
  values: readonly Value[],
  position: LinePosition,
  start = 0,
): void {
  let next = start;
  for (const { path, text } of specs) {
    const problem = path === undefined ? undefined : problemWith(text, values[next++]!);
    if (problem !== undefined) throw badData({ ...position }, `${text}: ${problem}`);
  }
}

/** Whether there is an aggregate of the values of whole records. */
export function holdsRecords(specs: readonly AggregateSpec[]): boolean {
  return specs.some(({ path, make }) => path === undefined && make().grows !== undefined);
}

/** The aggregates of one group. */
export class Aggregates {
  readonly #specs: readonly AggregateSpec[];
  readonly #states: readonly Aggregate[];

  constructor(specs: readonly AggregateSpec[]) {
    this.#specs = specs;
    this.#states = specs.map(({ make }) => make());
  }

  /**
   * Adds a record, of which there are the values of the fields, checked; returns about how many bytes it made this grow by.
   *
   * @param record makes the record's value, for aggregates that have no field
   * @param start where the values of the fields begin in `values`
   */
  add(values: readonly Value[], record: () => Value, start = 0): number {
    let next = start;
    let growth = 0;
    for (let at = 0; at < this.#specs.length; at++) {
      const spec = this.#specs[at]!;
      const state = this.#states[at]!;
      const value = spec.path === undefined ? (state.grows === undefined ? true : record()) : values[next++]!;
      state.add(value);
      growth += state.grows?.(value) ?? 0;
    }
    return growth;
  }

  /** What each of them remembers, if all can tell. */
  states(): readonly AggregateState[] | undefined {
    const states = this.#states.map((aggregate) => aggregate.state?.());
    return states.some((state) => state === undefined) ? undefined : (states as readonly AggregateState[]);
  }

  /** Has them remember this, and nothing else; an element for each. */
  resume(states: readonly AggregateState[]): void {
    for (const [at, aggregate] of this.#states.entries()) aggregate.resume!(states[at]!);
  }

  merge(other: Aggregates): void {
    for (const [at, state] of this.#states.entries()) state.merge(other.#states[at]!);
  }

  /** `"name":result` of each, with commas between them. */
  members(): string {
    return this.#specs.map(({ name }, at) => `${JSON.stringify(name)}:${toJson(this.#states[at]!.result())}`).join(",");
  }
}

const ITEM =
  /\s*(?:(?:"((?:[^"\\])*)"|([\p{L}_][\p{L}\p{N}_-]*))\s*:\s*)?([a-z][a-z0-9.]*)\s*(?:\(([^()]*)\))?\s*(?:,(?=.)|$)/uy;
