import { isReported, type Result } from "../model/result.ts";
import { type FullRecord, fullRecordOf } from "../model/result-record.ts";
import type { OpenedRun } from "../run/opened-run.ts";

/** What reports for other programs have, in order. */
export function* reportedResults({ collection }: OpenedRun): Generator<Result, void, undefined> {
  for (const result of collection.results()) if (isReported(result)) yield result;
}

export function reportRecord({ folder, collection }: OpenedRun, result: Result): FullRecord {
  return fullRecordOf(folder.id, result, collection.detailOf(result.entry), (entry) => collection.detailOf(entry));
}
