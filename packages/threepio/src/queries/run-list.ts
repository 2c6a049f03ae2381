import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RUN_RECORD, type RunRecord, runRecordOf } from "../reports/run-record.ts";
import { withRunFolder } from "../run/opened-run.ts";
import { type RunFolder, runFolders } from "../run/run-folder.ts";

/**
 * All runs in a folder, the newest first. What a run's own record says is taken; the journal is read of those that have none,
 * or that had not ended when it was written.
 *
 * @throws WireError `IO`
 */
export async function* runList(cwd: string): AsyncGenerator<RunRecord, void, undefined> {
  for (const folder of runFolders(cwd).toReversed()) yield await runRecordIn(folder);
}

/** The record of one run. */
export async function runRecordIn(folder: RunFolder): Promise<RunRecord> {
  const written = writtenRecord(folder);
  if (written !== undefined && written.state !== "RUNNING") return written;
  return await withRunFolder(folder, ({ summary }) => runRecordOf(folder.id, summary));
}

function writtenRecord({ path }: RunFolder): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(path, RUN_RECORD), "utf8")) as RunRecord;
  } catch {
    // There is none, or it is no record: the journal has everything.
    return undefined;
  }
}
