import { spend, take } from "./budget.ts";
import { compareValues, type Value } from "./value.ts";

/**
 * Where `wanted` begins in the text, in UTF-16 units, each place that there is, from the left; in time that is linear in
 * both.
 */
export function occurrences(text: string, wanted: string): readonly number[] {
  if (isSlowToFind(text.length, wanted.length))
    return search(
      text.length,
      wanted.length,
      (at, other) => text.charCodeAt(at) === wanted.charCodeAt(other),
      (at, other) => wanted.charCodeAt(at) === wanted.charCodeAt(other),
    );
  const found: number[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    take(8);
    found.push(at);
  }
  return found;
}

/** The same of values in an array. */
export function arrayOccurrences(array: readonly Value[], wanted: readonly Value[]): readonly number[] {
  // NaN, and what has it inside, is equal to nothing.
  if (wanted.some((value) => compareValues(value, value) !== 0)) return [];
  return search(
    array.length,
    wanted.length,
    (at, other) => compareValues(array[at]!, wanted[other]!) === 0,
    (at, other) => compareValues(wanted[at]!, wanted[other]!) === 0,
  );
}

/** Whether the engine, whose search is quick where nothing repeats, could take long. */
export function isSlowToFind(length: number, wanted: number): boolean {
  return length * wanted > MANY_COMPARISONS;
}

/**
 * Knuth, Morris and Pratt's search.
 *
 * @param isEqual whether the element at `at` is the wanted one at `other`
 * @param isRepeated the same, `at` being one of those wanted
 */
function search(
  length: number,
  wanted: number,
  isEqual: (at: number, other: number) => boolean,
  isRepeated: (at: number, other: number) => boolean,
): readonly number[] {
  if (wanted === 0 || wanted > length) return [];
  spend(length + wanted);
  take(4 * wanted);
  /** For each beginning of what is wanted, the length of the longest one that it ends with. */
  const ends = new Uint32Array(wanted);
  for (let at = 1, matched = 0; at < wanted; at++) {
    while (matched > 0 && !isRepeated(at, matched)) matched = ends[matched - 1]!;
    if (isRepeated(at, matched)) matched++;
    ends[at] = matched;
  }
  const found: number[] = [];
  for (let at = 0, matched = 0; at < length; at++) {
    while (matched > 0 && !isEqual(at, matched)) matched = ends[matched - 1]!;
    if (isEqual(at, matched)) matched++;
    if (matched < wanted) continue;
    take(8);
    found.push(at - wanted + 1);
    matched = ends[matched - 1]!;
  }
  return found;
}

/** Some tenths of a second. */
const MANY_COMPARISONS = 2 ** 28;
