import { parseAddress } from "../address/address.ts";
import { type RecordOutlet, recordOutlet } from "../address/record-outlet.ts";
import { discardingOnSignal, writeRecordsTo } from "../address/records-out.ts";
import { usageError } from "../jn-error.ts";
import { fieldList } from "../keys/field-list.ts";
import { MOST_FILES, splitInto } from "../stages/split/split-files.ts";
import { fanOut } from "../stages/tee/fan-out.ts";
import { transcodingStage } from "../streams/transcoding-stage.ts";
import { chunksOfSource, contextOf, nameOf, recordsOf } from "./records.ts";
import type { PutOptions, Records, RecordSource, SplitOptions } from "./types.ts";

/** Writes records to an address, as `jn put` does: a file appears complete, or stays as it was. */
export async function put(source: RecordSource, address: string, options: PutOptions = {}): Promise<void> {
  const context = contextOf(options);
  await writeRecordsTo(parseAddress(address), context, chunksOfSource(source, context));
}

/**
 * Passes records on, and writes them to files, too, as `jn tee` does: the files appear when all records have been read, and stay as they
 * were when that fails, or the loop is left.
 */
export function tee<T = unknown>(
  source: RecordSource,
  addresses: string | readonly string[],
  options: PutOptions = {},
): Records<T> {
  return recordsOf<T>(async function* teed() {
    const context = contextOf(options);
    const outlets: RecordOutlet[] = [];
    const stopWatching = discardingOnSignal(outlets);
    try {
      for (const address of typeof addresses === "string" ? [addresses] : addresses)
        outlets.push(await recordOutlet(address, context));
      const stage = fanOut(outlets, { ...context, source: nameOf(source) });
      yield* transcodingStage(stage)(chunksOfSource(source, context));
      for (const outlet of outlets) await outlet.end();
      for (const outlet of outlets) outlet.commit();
    } finally {
      stopWatching();
      for (const outlet of outlets) outlet.discard();
    }
  });
}

/**
 * Writes records to several files, as `jn split` does: one for each combination of values of fields, or of so many records each.
 *
 * @param pattern their address, with `{}` where they differ
 * @returns the paths of the files
 */
export async function split(source: RecordSource, pattern: string, options: SplitOptions): Promise<readonly string[]> {
  const { by, lines, maxFiles: mostFiles = MOST_FILES } = options;
  if ((by === undefined) === (lines === undefined)) throw usageError("split: say one of by and lines");
  if (lines !== undefined && !(Number.isInteger(lines) && lines > 0))
    throw usageError(`split: lines is a whole number from 1, not ${lines}`);
  const context = contextOf(options);
  const fields = by === undefined ? [] : fieldList(by, "by");
  return await splitInto(
    pattern,
    { by: fields, count: lines ?? 1, mostFiles },
    context,
    chunksOfSource(source, context),
  );
}
