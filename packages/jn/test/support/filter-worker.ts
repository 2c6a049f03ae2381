import { parentPort, workerData } from "node:worker_threads";
import { loadBuiltins } from "../../src/filter/builtins/native.ts";
import { compileFilter } from "../../src/filter/compiler/compile.ts";
import { FilterHalt } from "../../src/filter/host.ts";
import { StepsExceeded } from "../../src/filter/value/budget.ts";
import { FilterError } from "../../src/filter/value/filter-error.ts";
import { toJson } from "../../src/filter/value/json-text.ts";
import { JnError } from "../../src/jn-error.ts";

/** What the worker is given. */
export interface FilterWork {
  readonly programs: readonly string[];
  readonly maxSteps: number;
}

/** How a program ended: with all its results, or with an error that is the filter's; anything else is a defect. */
export type FilterEnd = "done" | "failed" | "too long" | "too deep" | "refused" | `defect: ${string}`;

const { programs, maxSteps } = workerData as FilterWork;
await loadBuiltins();
for (const program of programs) {
  parentPort?.postMessage({ program }, []);
  parentPort?.postMessage({ program, end: endOf(program) }, []);
}

function endOf(program: string): FilterEnd {
  try {
    // Its results are made into text, as they would be printed.
    compileFilter(program, { maxSteps }).run(null, (value) => void toJson(value));
    return "done";
  } catch (error) {
    if (error instanceof FilterError || error instanceof FilterHalt) return "failed";
    if (error instanceof StepsExceeded) return "too long";
    if (error instanceof RangeError && /stack/.test(error.message)) return "too deep";
    if (error instanceof JnError) return "refused";
    return `defect: ${error instanceof Error ? error.stack : String(error)}`;
  }
}
