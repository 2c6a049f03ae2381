import type { CompiledFilter } from "../filter/compiler/compile.ts";
import { StepsExceeded } from "../filter/value/budget.ts";
import { FilterError } from "../filter/value/filter-error.ts";
import { messageOf } from "../filter/value/shown.ts";
import { badData, JnError } from "../jn-error.ts";
import { visible } from "../text/visible.ts";

/** Where the record is that a filter ran on. */
export interface RecordPlace {
  readonly source: string;
  readonly line: number;
}

/** Errors of the filter, and of the engine that runs it, which a deep or a huge value exhausts, as errors for the user. */
export function explained(error: unknown, position: RecordPlace, filter: CompiledFilter): unknown {
  const place = { source: position.source, line: position.line };
  if (error instanceof FilterError) {
    const at = filter.placeOf(error);
    const where = at === undefined ? "" : ` at ${at}`;
    return failure(place, `the filter failed${where}: ${visible(messageOf(error))}`);
  }
  if (error instanceof StepsExceeded) return failure(place, error.message);
  if (error instanceof RangeError && /stack/i.test(error.message)) return tooDeep(place);
  if (error instanceof RangeError || isTooLong(error))
    return failure(place, "the filter made a value that is too large");
  return error;
}

/** Node's error for text beyond the longest string, which is no RangeError. */
function isTooLong(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_STRING_TOO_LONG";
}

function tooDeep(place: { readonly source: string; readonly line: number }): JnError {
  return failure(place, "the value is nested, or the filter recurses, too deeply");
}

/** Without a place where no record was read: then it is the filter alone that failed. */
function failure(place: RecordPlace, message: string): JnError {
  if (place.line > 0) return badData(place, message);
  return new JnError("BAD_DATA", message, { record: { place, reason: message } });
}
