import type { ByteSink } from "@jn/wire";
import type { PastRuns } from "../page-report/page-parts.ts";
import type { OpenedRun } from "../run/opened-run.ts";
import { exportCtrf } from "./ctrf-export.ts";
import { exportGithub } from "./github-export.ts";
import { exportHtml } from "./html-export.ts";
import { exportJunit } from "./junit-export.ts";
import { exportMarkdown, exportStepSummary } from "./markdown-export.ts";
import { exportNdjson } from "./ndjson-export.ts";
import { exportTap } from "./tap-export.ts";

/**
 * Writes a run in a format, streaming: a function of the journal alone, and, where a format shows them, of the records of the
 * runs before it.
 */
export type Exporter = (run: OpenedRun, sink: ByteSink, past: PastRuns) => void;

/** The formats of reports for other programs, by name. */
export const EXPORTERS: ReadonlyMap<string, Exporter> = new Map([
  ["html", exportHtml],
  ["junit", exportJunit],
  ["ctrf", exportCtrf],
  ["ndjson", exportNdjson],
  ["tap", exportTap],
  ["github", exportGithub],
  ["github-summary", exportStepSummary],
  ["markdown", exportMarkdown],
]);
