import type { CharacterTest } from "./character-class.ts";
import type { BackReference } from "./pattern-program.ts";

/** Whether an anchor (the index of its kind in a program) holds at a position. */
export function isAt(place: number, text: string, at: number, searchStart: number): boolean {
  switch (place) {
    case 0:
      return at === 0;
    case 1:
      return at === text.length;
    case 2:
      return at === text.length || (at === text.length - 1 && text.charCodeAt(at) === NEWLINE);
    case 3:
      return at === 0 || (text.charCodeAt(at - 1) === NEWLINE && at < text.length);
    case 4:
      return at === text.length || text.charCodeAt(at) === NEWLINE;
    case 5:
    case 6: {
      const before = at > 0 && isWord(text, isInsidePair(text, at - 1) ? at - 2 : at - 1);
      const after = at < text.length && isWord(text, at);
      return (before !== after) === (place === 5);
    }
    case 7:
      return at === searchStart;
    default:
      return false;
  }
}

/** Where the text that a group matched ends when it stands at a position again, or -1; and how much was compared. */
export function afterReference(
  { groups, ignoresCase }: BackReference,
  slots: Int32Array,
  text: string,
  at: number,
): { readonly end: number; readonly compared: number } {
  let compared = 0;
  for (const group of groups.toReversed()) {
    const [start, end] = [slots[2 * group]!, slots[2 * group + 1]!];
    if (end < 0) continue;
    const wanted = text.slice(start, end);
    const found = text.slice(at, at + wanted.length);
    compared += wanted.length;
    if (found === wanted || (ignoresCase && found.toLowerCase() === wanted.toLowerCase()))
      return { end: at + wanted.length, compared };
  }
  return { end: -1, compared };
}

/** Whether the character at a position is of a class. */
export function isIn(test: CharacterTest, text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit < 128 ? test.ascii[unit] === 1 : test.others(text.codePointAt(at)!);
}

/** How many units the character at a position has. */
export function widthAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit <= 0xdbff && isInsidePair(text, at + 1) ? 2 : 1;
}

/** Whether a position lies between the two halves of a character above U+FFFF. */
export function isInsidePair(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
}

function isWord(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit < 128) return WORD.test(text[at]!);
  return WIDE_WORD.test(String.fromCodePoint(text.codePointAt(at)!));
}

const WORD = /\w/;
const WIDE_WORD = /[\p{L}\p{M}\p{N}\p{Pc}]/u;
const NEWLINE = 10;
