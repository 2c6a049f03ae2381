import type { ByteSink } from "@jn/wire";
import type { CompiledFilter } from "../filter/compiler/compile.ts";
import type { Value } from "../filter/value/value.ts";
import { explained, type RecordPlace } from "./filter-failure.ts";
import type { ResultPrinter } from "./result-printer.ts";

export interface FilteredInputsOptions {
  /** As for records; there are no bytes to keep here, only values. */
  readonly results: "records" | "values";
  readonly printer: ResultPrinter;
  /** Where the value that is being filtered comes from, for messages. */
  readonly place: () => RecordPlace;
}

/** Runs a filter on values, one after the other, that the filter itself may take some of. */
export function filterInputs(
  filter: CompiledFilter,
  inputs: Iterable<Value>,
  options: FilteredInputsOptions,
  out: ByteSink,
): void {
  const { printer, results } = options;
  try {
    for (const input of inputs) {
      let kept = false;
      filter.run(input, (value) => {
        if (results === "values") printer.print(value, out);
        else if (value === true && input !== null) {
          if (!kept) printer.print(input, out);
          kept = true;
        } else if (value !== null && value !== false) printer.print(value, out);
      });
    }
  } catch (error) {
    throw explained(error, options.place(), filter);
  }
}
