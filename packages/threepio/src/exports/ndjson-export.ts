import type { ByteSink } from "@jn/wire";
import { jsonLines } from "../cli/json-lines.ts";
import { runRecordOf } from "../reports/run-record.ts";
import type { OpenedRun } from "../run/opened-run.ts";
import { reportRecord } from "./reported-results.ts";

/**
 * Normalised events as NDJSON, in the order of the reports: `{"type":"run",...}` as in run.json, `{"type":"result",...}` for
 * every result in full, `{"type":"end","results":N}`, by which a reader knows that nothing was cut off.
 */
export function exportNdjson(run: OpenedRun, sink: ByteSink): void {
  const lines = jsonLines(sink);
  let results = 0;
  lines.put({ type: "run", ...runRecordOf(run.folder.id, run.summary) });
  for (const result of run.collection.results()) {
    lines.put({ type: "result", ...reportRecord(run, result) });
    results++;
  }
  lines.put({ type: "end", results });
}
