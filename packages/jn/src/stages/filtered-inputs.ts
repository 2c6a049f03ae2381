import type { ByteSink } from "@jn/wire";
import type { CompiledFilter } from "../filter/compiler/compile.ts";
import { toJson } from "../filter/value/json-text.ts";
import type { Value } from "../filter/value/value.ts";
import type { BadRecords } from "../bad-records/bad-records.ts";
import { JnError } from "../jn-error.ts";
import { explained, type RecordPlace } from "./filter-failure.ts";
import { HeldResults } from "./held-results.ts";
import type { ResultPrinter } from "./result-printer.ts";

export interface FilteredInputsOptions {
  /** As for records; there are no bytes to keep here, only values. */
  readonly results: "records" | "values";
  readonly printer: ResultPrinter;
  /** Where the value that is being filtered comes from, for messages. */
  readonly place: () => RecordPlace;
  /** Takes the values that the filter fails on; undefined: that is an error. */
  readonly bad?: BadRecords | undefined;
}

/** Runs a filter on values, one after the other, that the filter itself may take some of. */
export function filterInputs(
  filter: CompiledFilter,
  inputs: Iterable<Value>,
  options: FilteredInputsOptions,
  out: ByteSink,
): void {
  const { bad } = options;
  const held = bad === undefined ? undefined : new HeldResults();
  for (const input of guarded(inputs, options, filter)) {
    const { lastIsTruthy } = options.printer;
    try {
      filterInput(filter, input, options, held?.sink ?? out);
      held?.moveTo(out);
    } catch (caught) {
      const error = explained(caught, options.place(), filter);
      if (bad === undefined || !(error instanceof JnError)) {
        held?.moveTo(out);
        throw error;
      }
      held!.clear();
      options.printer.lastIsTruthy = lastIsTruthy;
      const bytes = Buffer.from(toJson(input));
      bad.take(error, { bytes, start: 0, end: bytes.length, byte: undefined });
    }
  }
}

/** The same values; what goes wrong when one is taken is explained. */
function* guarded(
  inputs: Iterable<Value>,
  options: FilteredInputsOptions,
  filter: CompiledFilter,
): Generator<Value, void, undefined> {
  const iterator = inputs[Symbol.iterator]();
  for (;;) {
    let next;
    try {
      next = iterator.next();
    } catch (error) {
      throw explained(error, options.place(), filter);
    }
    if (next.done === true) return;
    yield next.value;
  }
}

function filterInput(
  filter: CompiledFilter,
  input: Value,
  { printer, results }: FilteredInputsOptions,
  out: ByteSink,
): void {
  let kept = false;
  filter.run(input, (value) => {
    if (results === "values") printer.print(value, out);
    else if (value === true && input !== null) {
      if (!kept) printer.print(input, out);
      kept = true;
    } else if (value !== null && value !== false) printer.print(value, out);
  });
}
