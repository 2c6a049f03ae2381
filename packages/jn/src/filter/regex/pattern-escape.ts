import { PatternError } from "./pattern.ts";

/** The character that the escape after a backslash at `text[at]` stands for, and where the escape ends. */
export function readEscapedPoint(text: string, at: number): { readonly point: number; readonly end: number } {
  if (at >= text.length) throw new PatternError("end pattern at escape");
  for (const [expression, base] of NUMERIC) {
    expression.lastIndex = at;
    const match = expression.exec(text);
    if (match === null) continue;
    const point = match[1] === "" ? 0 : Number.parseInt(match[1]!, base);
    if (point > 0x10ffff) throw new PatternError("invalid code point value");
    return { point, end: at + match[0].length };
  }
  const control = /c(.)/suy;
  control.lastIndex = at;
  const match = control.exec(text);
  if (match !== null) return { point: match[1]!.codePointAt(0)! & 0x1f, end: at + match[0].length };
  const character = String.fromCodePoint(text.codePointAt(at)!);
  return { point: CONTROLS.get(character) ?? character.codePointAt(0)!, end: at + character.length };
}

const NUMERIC: readonly (readonly [RegExp, number])[] = [
  [/x\{([0-9a-fA-F]{1,8})\}/y, 16],
  [/x([0-9a-fA-F]{0,2})/y, 16],
  [/([0-3]?[0-7]{1,2})/y, 8],
];

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ["t", 9],
  ["n", 10],
  ["r", 13],
  ["f", 12],
  ["a", 7],
  ["e", 27],
]);
