import { type Budget, enter, leave, renew, StepsExceeded, takeSome } from "../value/budget.ts";
import { FilterError } from "../value/filter-error.ts";
import { asDouble, isNumber, type Value } from "../value/value.ts";

/** What one run of a filter may repeat, over all its loops, by default: half a second to three seconds (measured). */
export const MAX_STEPS = 1e8;

/** The loops that have no end of their own: they count their rounds, all together. */
export interface Steps {
  /** A run begins; what `end` gets at its end. */
  begin(): Budget;
  end(outer: Budget): void;
  /** It goes on with another record. */
  renew(): void;
  /** A function is called that calls itself. */
  again(): void;
  /** One more element of an array or object, or one more side of a comma: of these there may be several times as many. */
  element(): void;
  range(from: Value, upto: Value, by: Value, found: (value: Value) => void): void;
}

/**
 * @param most rounds in a run; beyond them the filter fails
 * @param elementsPerRound how many elements count as one
 */
export function stepsUpTo(most: number, elementsPerRound: number): Steps {
  let steps = 0;
  let elements = 0;
  const mostElements = elementsPerRound * most;
  const again = (): void => {
    if ((++steps & LOOK) === 0) takeSome();
    if (steps > most) throw new StepsExceeded(most);
  };
  return {
    begin() {
      steps = elements = 0;
      return enter(mostElements, most);
    },
    end: leave,
    renew() {
      steps = elements = 0;
      renew();
    },
    again,
    element() {
      if ((++elements & LOOK) === 0) takeSome();
      if (elements > mostElements) throw new StepsExceeded(most);
    },
    range(from, upto, by, found) {
      if (!isNumber(from) || !isNumber(upto) || !isNumber(by)) throw new FilterError("Range bounds must be numeric");
      const [start, end, width] = [asDouble(from), asDouble(upto), asDouble(by)];
      for (let at = start; width > 0 ? at < end : width < 0 && at > end; at += width) {
        again();
        found(at);
      }
    },
  };
}

/** A round through data that is there is quick, and it is the data that there is much of. */
export const ELEMENTS_PER_ROUND = 2;
/** All records are held: they are looked at again and again. */
export const ELEMENTS_PER_ROUND_OF_ALL = 10;

/** How often (and 1) it is looked whether there is room for what the rounds make. */
const LOOK = 0xfff;
