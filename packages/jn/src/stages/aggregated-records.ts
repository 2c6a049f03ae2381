import type { Transcoder } from "@jn/wire";
import type { Aggregation } from "../filter/aggregation/aggregation.ts";
import type { Value } from "../filter/value/value.ts";
import type { LineSourceOptions } from "../formats/ndjson/record-lines.ts";
import type { LinePosition } from "../json/record-check.ts";
import { explained } from "./filter-failure.ts";
import { filteredRecords } from "./filtered-records.ts";
import type { Printer } from "./result-printer.ts";

export interface AggregatedRecordsOptions extends LineSourceOptions {
  readonly printer: Printer;
  /** Told which line is being read. */
  readonly onPosition?: ((position: LinePosition) => void) | undefined;
}

/**
 * Takes all records one by one, and prints at the end what a filter makes of them.
 *
 * @throws JnError `BAD_DATA` with the line of the record that is no JSON, or that the filter failed on
 */
export function aggregatedRecords(aggregation: Aggregation, options: AggregatedRecordsOptions): Transcoder {
  const { source, printer, bad } = options;
  let position: LinePosition = { source, line: 0 };
  const rows = bad === undefined ? rowsAtOnce(aggregation) : rowsOfGoodRecords(aggregation);
  const reading = filteredRecords(aggregation.rows, {
    ...options,
    results: "values",
    printer: rows,
    onPosition(current) {
      position = current;
      options.onPosition?.(current);
    },
  });
  return {
    push: (chunk, out) => reading.push(chunk, out),
    end(out) {
      reading.end(out);
      try {
        aggregation.rest.run(aggregation.result(), (value) => printer.print(value, out));
      } catch (error) {
        throw explained(error, position, aggregation.rest);
      }
    },
  };
}

function rowsAtOnce({ add }: Aggregation): Printer {
  return { keepsBytes: true, lastIsTruthy: undefined, print: add };
}

/** A record adds all its rows, or, where one of them cannot be made or added, none. */
function rowsOfGoodRecords({ addAll }: Aggregation): Printer {
  const rows: Value[] = [];
  return {
    keepsBytes: true,
    lastIsTruthy: undefined,
    print: (row) => void rows.push(row),
    settle(isGood) {
      if (isGood) addAll(rows);
      rows.length = 0;
    },
  };
}
