import { FilterError } from "../value/filter-error.ts";
import { asDouble, isNumber, type Value } from "../value/value.ts";

/** What one run of a filter may repeat, over all its loops, by default. */
export const MAX_STEPS = 1e8;

/** The loops that have no end of their own: they count their rounds, all together. */
export interface Steps {
  /** A run begins. */
  begin(): void;
  /** A function goes on by calling itself last. */
  again(): void;
  /** One more element of an array or object, or one more side of a comma: of these there may be ten times as many. */
  element(): void;
  range(from: Value, upto: Value, by: Value, found: (value: Value) => void): void;
}

/** @param most rounds in a run; beyond them the filter fails */
export function stepsUpTo(most: number): Steps {
  let steps = 0;
  let elements = 0;
  const mostElements = ELEMENTS_PER_ROUND * most;
  const exceeded = (): never => {
    throw new StepsExceeded(`the filter goes on for more than ${most} rounds; --max-steps sets how many there may be`);
  };
  const step = (): void => {
    if (++steps > most) exceeded();
  };
  return {
    begin() {
      steps = elements = 0;
    },
    again: step,
    element() {
      if (++elements > mostElements) exceeded();
    },
    range(from, upto, by, found) {
      if (!isNumber(from) || !isNumber(upto) || !isNumber(by)) throw new FilterError("Range bounds must be numeric");
      const [start, end, width] = [asDouble(from), asDouble(upto), asDouble(by)];
      for (let at = start; width > 0 ? at < end : width < 0 && at > end; at += width) {
        step();
        found(at);
      }
    },
  };
}

/** Nothing that the filter itself could catch. */
export class StepsExceeded extends Error {
  override readonly name = "StepsExceeded";
}

/** A round through data that is there is quick, and it is the data that there is much of. */
const ELEMENTS_PER_ROUND = 10;
