import { isHeapFull } from "../engine.ts";
import { FilterError } from "./filter-error.ts";

/**
 * Called for each element that is added to a list; looks now and then whether there is room for more.
 *
 * @throws FilterError
 */
export function requireRoom(list: readonly unknown[]): void {
  if ((list.length & ROUND) === 0 && list.length > 0 && isHeapFull(BYTES_PER_ELEMENT * list.length))
    throw new FilterError(`an array of more than ${list.length} elements is too large`);
}

const ROUND = 0xfff;
/** A list that grows is copied to one half as long again. */
const BYTES_PER_ELEMENT = 12;
