import { visible } from "./visible.ts";

/** Where in a text something is wrong: `column 5`, or with several lines `line 2, column 5`; and the line with a caret below. */
export interface CaretPlace {
  readonly where: string;
  readonly shown: string;
}

export function caretPlace(text: string, at: number): CaretPlace {
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  const lineEnd = text.indexOf("\n", at);
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);
  const number = text.slice(0, lineStart).split("\n").length;
  // Of a long line only what is near the place.
  const column = at - lineStart;
  const from = Math.max(0, column - NEAR);
  const before = (from > 0 ? "..." : "") + visible(line.slice(from, column));
  const after = visible(line.slice(column, column + NEAR)) + (line.length > column + NEAR ? "..." : "");
  return {
    where: number > 1 || lineEnd >= 0 ? `line ${number}, column ${column + 1}` : `column ${at + 1}`,
    shown: `  ${before}${after}\n  ${" ".repeat(before.length)}^`,
  };
}

/** How much of the line is shown on either side of the place. */
const NEAR = 70;
