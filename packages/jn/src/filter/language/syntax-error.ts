import { JnError } from "../../jn-error.ts";
import { caretPlace } from "../../text/caret.ts";

/** A mistake in a filter's text, shown with a caret under the place. */
export class FilterSyntaxError extends JnError {
  constructor(text: string, at: number, message: string) {
    const { where, shown } = caretPlace(text, at);
    super("USAGE", `in the filter, ${where}: ${message}\n${shown}`);
  }
}
