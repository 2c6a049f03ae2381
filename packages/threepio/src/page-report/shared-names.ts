/**
 * A name without what it shares with the one before: two digits, for its beginning and its end, and what is between. Names in
 * order are alike, and most of a page is names.
 */
export function withoutShared(name: string, before: string): string {
  const most = Math.min(name.length, before.length);
  let begin = 0;
  while (begin < most && begin < MAX_SHARED && name[begin] === before[begin]) begin++;
  let end = 0;
  while (end < most - begin && end < MAX_SHARED && name.at(-1 - end) === before.at(-1 - end)) end++;
  return `${DIGITS[begin]}${DIGITS[end]}${name.slice(begin, name.length - end)}`;
}

/** The page has the same. */
const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const MAX_SHARED = DIGITS.length - 1;
