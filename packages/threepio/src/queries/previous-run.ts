import { type RunRecord, runRecordOf } from "../reports/run-record.ts";
import type { OpenedRun } from "../run/opened-run.ts";
import { type RunFolder, runFolders } from "../run/run-folder.ts";
import { usageError } from "../threepio-error.ts";
import { runRecordIn } from "./run-list.ts";

/**
 * The run before a run of the same command in the same folder.
 *
 * @throws ThreepioError `USAGE` when there is none
 */
export async function previousRun(cwd: string, run: RunFolder): Promise<RunFolder> {
  const wanted = JSON.stringify((await runRecordIn(run)).command);
  const earlier = runFolders(cwd).filter(({ id }) => id < run.id);
  for (const folder of earlier.toReversed()) {
    if (JSON.stringify((await runRecordIn(folder)).command) === wanted) return folder;
  }
  throw usageError(`there is no run of the same command before ${run.id}; name the run to compare with, see 3pio list`);
}

/** Records of the runs of the same command up to this one, the oldest first; at most 30. */
export async function runsBefore(cwd: string, { folder, summary }: OpenedRun): Promise<readonly RunRecord[]> {
  const own = runRecordOf(folder.id, summary);
  const found = [own];
  for (const earlier of runFolders(cwd).toReversed()) {
    if (found.length === MAX_HISTORY) break;
    if (earlier.id >= folder.id) continue;
    const record = await runRecordIn(earlier);
    if (JSON.stringify(record.command) === JSON.stringify(own.command)) found.unshift(record);
  }
  return found;
}

const MAX_HISTORY = 30;
