import { relative } from "node:path";
import { consoleSummary } from "../reports/console-summary.ts";
import type { RunSummary } from "../reports/run-report.ts";
import { STREAMS } from "../runners/registry.ts";
import { refuseWhileAtWork } from "./at-work.ts";
import { Collection } from "./collection.ts";
import type { RunFolder } from "./run-folder.ts";

export interface ReportedRun {
  readonly summary: RunSummary;
  /** What the console shows of it. */
  readonly text: string;
}

/**
 * Makes the reports of a run from its journal.
 *
 * @throws ThreepioError `USAGE` while it is at work; WireError `IO`
 */
export function reportedRun(folder: RunFolder, cwd: string): ReportedRun {
  const collection = new Collection(folder.path, STREAMS);
  try {
    collection.finish();
    refuseWhileAtWork(collection.facts(), folder);
    const summary = collection.report();
    const reportPath = relative(cwd, `${folder.path}/test-run.md`);
    const text = consoleSummary(summary, { reportPath, describe: (failure) => collection.describe(failure) });
    return { summary, text };
  } finally {
    collection.close();
  }
}
