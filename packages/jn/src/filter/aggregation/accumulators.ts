import { canonicalText } from "../value/canonical-text.ts";
import { add as plus, divide } from "../value/arithmetic.ts";
import { Ownership } from "../value/ownership.ts";
import { compareValues, isTruthy, typeName, type Value } from "../value/value.ts";

/** What is remembered of a run of elements. */
export interface Accumulator {
  /** @param part what the kind says that it gets: an array */
  add(part: readonly Value[]): void;
  /** Throws what `add` would throw, and changes nothing. Default: it throws nothing. */
  check?(part: readonly Value[]): void;
  result(): Value;
}

export type AccumulatorKind = () => Accumulator;

/** How many elements there are. Gets nothing. */
export const counted: AccumulatorKind = () => {
  let count = 0;
  return { add: () => void count++, result: () => count };
};

/** How many values there are. This and the following get an array of values of each element. */
export const valuesCounted: AccumulatorKind = () => {
  let count = 0;
  return { add: (values) => void (count += values.length), result: () => count };
};

/** All values added to `start`. */
export function summed(start: Value): AccumulatorKind {
  return () => {
    const own = new Ownership();
    let sum = start;
    return {
      add(values) {
        for (const value of values) sum = own.add(sum, value);
      },
      check(values) {
        let left = sum;
        for (const value of values) {
          // Null adds nothing, and of two of a kind the sum is of that kind.
          if (left === null) left = value;
          else if (value !== null && (typeof value === "boolean" || typeName(value) !== typeName(left)))
            plus(left, value);
        }
      },
      result: () => sum,
    };
  };
}

/** The sum of the values by the number of elements; null for none. */
export const averaged: AccumulatorKind = () => {
  const [sum, count] = [summed(0)(), counted()];
  return {
    add(values) {
      sum.add(values);
      count.add(values);
    },
    check: (values) => sum.check?.(values),
    result: () => (count.result() === 0 ? null : divide(sum.result(), count.result())),
  };
};

/** The least value, the first of equals (`sign` -1), or the greatest, the last of equals (1). */
export function extreme(sign: 1 | -1): AccumulatorKind {
  return () => {
    let best: Value | undefined;
    return {
      add(values) {
        for (const value of values) if (best === undefined || isBetter(value, best, sign)) best = value;
      },
      result: () => best ?? null,
    };
  };
}

/** Whether some value is true (`wanted` true), or all are (false). */
export function decided(wanted: boolean): AccumulatorKind {
  return () => {
    let result = !wanted;
    return {
      add(values) {
        for (const value of values) if (isTruthy(value) === wanted) result = wanted;
      },
      result: () => result,
    };
  };
}

export const first: AccumulatorKind = () => {
  let value: Value | undefined;
  return {
    add(values) {
      if (value === undefined) [value] = values;
    },
    result: () => value ?? null,
  };
};

export const last: AccumulatorKind = () => {
  let value: Value = null;
  return {
    add(values) {
      if (values.length > 0) value = values.at(-1)!;
    },
    result: () => value,
  };
};

/** Each different value once, in order. */
export const distinct: AccumulatorKind = () => {
  const pairs = distinctByKey();
  return {
    add: (values) => pairs.add(values.map((value) => [[value], value])),
    result: () => (pairs.result() as readonly Value[]).toSorted(compareValues),
  };
};

/** The first value of each key, as they came. This and the following get an array of `[key, value]` of each element. */
export const distinctByKey: AccumulatorKind = () => {
  const found = new Map<string, Value>();
  return {
    add(pairs) {
      for (const [key, value] of pairs as readonly Pair[]) {
        const text = canonicalText(key);
        if (!found.has(text)) found.set(text, value);
      }
    },
    result: () => [...found.values()],
  };
};

/** The value of the least key, or of the greatest. */
export function extremeByKey(sign: 1 | -1): AccumulatorKind {
  return () => {
    let best: Pair | undefined;
    return {
      add(pairs) {
        for (const pair of pairs as readonly Pair[])
          if (best === undefined || isBetter(pair[0], best[0], sign)) best = pair;
      },
      result: () => best?.[1] ?? null,
    };
  };
}

/** What sorting by the keys leaves in the first (`end` "first") or last `most` places, sorted. */
export function sortedEnd(most: number, end: "first" | "last"): AccumulatorKind {
  return () => {
    let held: Pair[] = [];
    /** The key that another one must come before, or after. */
    let bound: Value | undefined;
    const cut = (): void => {
      held = held.toSorted(([left], [right]) => compareValues(left, right));
      held = end === "first" ? held.slice(0, most) : held.slice(Math.max(0, held.length - most));
      if (held.length === most) bound = (end === "first" ? held.at(-1) : held[0])?.[0];
    };
    return {
      add(pairs) {
        for (const pair of pairs as readonly Pair[]) {
          if (bound !== undefined) {
            const order = compareValues(pair[0], bound);
            if (end === "first" ? order >= 0 : order < 0) continue;
          }
          if (held.push(pair) >= 2 * most + ROOM) cut();
        }
      },
      result() {
        cut();
        return held.map(([, value]) => value);
      },
    };
  };
}

type Pair = readonly [key: Value, value: Value];

function isBetter(value: Value, best: Value, sign: 1 | -1): boolean {
  const order = compareValues(value, best);
  return sign < 0 ? order < 0 : order >= 0;
}

/** How many are held besides twice those that are wanted, so that it is not sorted at each. */
const ROOM = 64;
