import { JnError } from "../../jn-error.ts";

/** A mistake in a filter's text, shown with a caret under the place. */
export class FilterSyntaxError extends JnError {
  constructor(text: string, at: number, message: string) {
    const lineStart = text.lastIndexOf("\n", at - 1) + 1;
    const lineEnd = text.indexOf("\n", at);
    const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);
    const number = text.slice(0, lineStart).split("\n").length;
    const where = number > 1 || lineEnd >= 0 ? `line ${number}, column ${at - lineStart + 1}` : `column ${at + 1}`;
    super("USAGE", `in the filter, ${where}: ${message}\n  ${line}\n  ${" ".repeat(at - lineStart)}^`);
  }
}
