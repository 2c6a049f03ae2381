import { spend, take } from "./budget.ts";
import { ExactNumber } from "./exact-number.ts";
import { externalKey } from "./object-key.ts";
import type { ObjectValue, Value } from "./value.ts";

/**
 * A value that nests too deeply for functions that call themselves, as JSON text without blanks.
 *
 * @param scalar the text of what is no array and no object
 * @param tooDeep the text of what is nested deeper than jq prints, which is 10,001 levels
 * @param enough the length beyond which the rest is left out
 */
export function deepJson(
  value: Value,
  scalar: (value: Value) => string,
  tooDeep: () => string,
  enough: number = Number.POSITIVE_INFINITY,
): string {
  const pieces: string[] = [];
  const open: Level[] = [];
  const write = (part: Value): void => {
    take(PIECE_BYTES);
    if (typeof part !== "object" || part === null || part instanceof ExactNumber) pieces.push(scalar(part));
    else if (open.length > MAX_DEPTH) pieces.push(tooDeep());
    else {
      spend(COSTLY);
      const keys = Array.isArray(part) ? undefined : Object.keys(part);
      pieces.push(keys === undefined ? "[" : "{");
      open.push({
        keys,
        values: keys === undefined ? (part as readonly Value[]) : Object.values(part as ObjectValue),
        next: 0,
      });
    }
  };
  write(value);
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    const { keys, values } = level;
    if (pieces.length > enough) break;
    const at = level.next++;
    if (at === values.length) {
      pieces.push(keys === undefined ? "]" : "}");
      open.pop();
      continue;
    }
    if (at > 0) pieces.push(",");
    if (keys !== undefined) pieces.push(JSON.stringify(externalKey(keys[at]!)), ":");
    write(values[at]!);
  }
  return pieces.join("");
}

interface Level {
  readonly keys: readonly string[] | undefined;
  readonly values: readonly Value[];
  next: number;
}

const MAX_DEPTH = 10_000;
const PIECE_BYTES = 16;

/** What the text of an array or object costs, in elements that are looked at. */
const COSTLY = 4;
