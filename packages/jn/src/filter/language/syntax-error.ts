import { JnError } from "../../jn-error.ts";
import { visible } from "../../text/visible.ts";

/** A mistake in a filter's text, shown with a caret under the place. */
export class FilterSyntaxError extends JnError {
  constructor(text: string, at: number, message: string) {
    const lineStart = text.lastIndexOf("\n", at - 1) + 1;
    const lineEnd = text.indexOf("\n", at);
    const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);
    const number = text.slice(0, lineStart).split("\n").length;
    // Of a long line only what is near the place.
    const column = at - lineStart;
    const from = Math.max(0, column - NEAR);
    const before = (from > 0 ? "..." : "") + visible(line.slice(from, column));
    const after = visible(line.slice(column, column + NEAR)) + (line.length > column + NEAR ? "..." : "");
    const where = number > 1 || lineEnd >= 0 ? `line ${number}, column ${column + 1}` : `column ${at + 1}`;
    super("USAGE", `in the filter, ${where}: ${message}\n  ${before}${after}\n  ${" ".repeat(before.length)}^`);
  }
}

/** How much of the line is shown on either side of the place. */
const NEAR = 70;
