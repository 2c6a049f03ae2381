import { type Results, type Shown, STATUSES } from "./results.ts";

/** Which results are shown. */
export interface Filter {
  readonly statuses: ReadonlySet<Shown> | undefined;
  /** Words that all have to be in a result's path. */
  readonly words: readonly string[];
}

/** Lines of the list, from top to bottom: a result by its index, a group as `-1 - number`. */
export interface Rows {
  readonly rows: Int32Array;
  readonly matches: number;
  /** Matching results in each group and those below it, and how many of them failed. */
  readonly inGroup: Int32Array;
  readonly badInGroup: Int32Array;
  readonly msInGroup: Float64Array;
}

/** Up to so many results, all groups are open. */
const OPEN_MATCHES = 400;

/** @param opened groups that were opened (true) or closed (false) by hand, by their path */
export function rowsOf(results: Results, filter: Filter, opened: ReadonlyMap<string, boolean>): Rows {
  const { groups, count } = results;
  const isMatch = matching(results, filter);
  const inGroup = new Int32Array(groups.count);
  const badInGroup = new Int32Array(groups.count);
  const msInGroup = new Float64Array(groups.count);
  let matches = 0;
  for (let at = 0; at < count; at++) {
    if (isMatch[at] === 0) continue;
    matches++;
    const group = results.group[at]!;
    inGroup[group]!++;
    const status = results.status[at]!;
    if (status >= FIRST_BAD && status <= LAST_BAD) badInGroup[group]!++;
    const ms = results.ms[at]!;
    if (!Number.isNaN(ms)) msInGroup[group]! += ms;
  }
  // Groups stand before those in them: from the end, each one has its sum when it is added to the one above.
  for (let group = groups.count - 1; group >= 0; group--) {
    const parent = groups.parent[group]!;
    if (parent < 0) continue;
    inGroup[parent]! += inGroup[group]!;
    badInGroup[parent]! += badInGroup[group]!;
    msInGroup[parent]! += msInGroup[group]!;
  }
  const rows = new Int32Array(matches + groups.count);
  let length = 0;
  /** Groups deeper than this stand in one that is closed. */
  let closedDepth = Infinity;
  for (let group = 0; group < groups.count; group++) {
    if (groups.depth[group]! > closedDepth || inGroup[group] === 0) continue;
    rows[length++] = -1 - group;
    const isOpen = opened.get(groups.searched[group]!) ?? matches <= OPEN_MATCHES;
    closedDepth = isOpen ? Infinity : groups.depth[group]!;
    if (!isOpen) continue;
    for (let at = groups.start[group]!; at < groups.end[group]!; at++) if (isMatch[at] === 1) rows[length++] = at;
  }
  return { rows: rows.subarray(0, length), matches, inGroup, badInGroup, msInGroup };
}

const FIRST_BAD = STATUSES.indexOf("fail");
const LAST_BAD = STATUSES.indexOf("crashed");

function matching({ groups, group, names, status, count }: Results, { statuses, words }: Filter): Uint8Array {
  const isMatch = new Uint8Array(count);
  const isWanted = STATUSES.map((name) => statuses === undefined || statuses.has(name));
  const inName = words.map((word) => names.having(word));
  /** Words that are not in the path of the group, and so have to be in the name. */
  let left: readonly Uint8Array[] = inName;
  let leftOf = -1;
  for (let at = 0; at < count; at++) {
    if (!isWanted[status[at]!]) continue;
    const own = group[at]!;
    if (words.length > 0 && own !== leftOf) {
      leftOf = own;
      left = inName.filter((_, index) => !groups.searched[own]!.includes(words[index]!));
    }
    if (left.every((has) => has[at] === 1)) isMatch[at] = 1;
  }
  return isMatch;
}
