import { resolve } from "node:path";
import { WireError } from "@jn/wire";
import { complain } from "../cli/console.ts";
import type { OpenedRun } from "../run/opened-run.ts";
import type { RequestedReport } from "./format.ts";
import { withPastRuns } from "./past-runs.ts";
import { EXPORTERS } from "./registry.ts";
import { writeReport } from "./written-report.ts";

/** Writes reports at the end of a run. What goes wrong is said, and never changes the exit code: that is the tests'. */
export async function writeReports(run: OpenedRun, reports: readonly RequestedReport[], cwd: string): Promise<void> {
  for (const { format, path } of reports) {
    try {
      const target = path === "-" ? path : resolve(cwd, path);
      await withPastRuns(cwd, run, format, (past) => writeReport(run, EXPORTERS.get(format)!, target, past));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      complain(`3pio: could not write the report ${path}: ${error.message}`);
    }
  }
}
