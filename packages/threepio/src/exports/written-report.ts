import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { AtomicFile, descriptorSink, ioError } from "@jn/wire";
import type { PastRuns } from "../page-report/page-parts.ts";
import type { OpenedRun } from "../run/opened-run.ts";
import type { Exporter } from "./registry.ts";

/**
 * Writes a report to a file, which is complete or as it was before; `-` is standard output.
 *
 * @throws WireError `IO`
 */
export function writeReport(run: OpenedRun, exporter: Exporter, path: string, past: PastRuns): void {
  if (path === "-") {
    const sink = descriptorSink(1, "standard output");
    exporter(run, sink, past);
    sink.flush();
    return;
  }
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw ioError("create", dirname(path), error);
  }
  const file = AtomicFile.open(path);
  try {
    const sink = descriptorSink(file.fd, file.path);
    exporter(run, sink, past);
    sink.flush();
    file.commit();
  } finally {
    file.discard();
  }
}
