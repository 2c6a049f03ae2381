import { ioError } from "@jn/wire";
import type { RunSummary } from "../reports/run-report.ts";
import { STREAMS } from "../runners/registry.ts";
import { isAtWork } from "./at-work.ts";
import { Collection } from "./collection.ts";
import { findRunFolder, type RunFolder } from "./run-folder.ts";

/** A run whose journal has been read. */
export interface OpenedRun {
  readonly folder: RunFolder;
  readonly collection: Collection;
  readonly summary: RunSummary;
}

/**
 * Reads the journal of a run, writes nothing but an index that is removed again, and hands what was read to `work`. Of a run
 * that is still at work, what it has written so far.
 *
 * @param name an id, the beginning of one, a path, or `latest`
 * @throws ThreepioError `USAGE` when there is no such run; WireError `IO`
 */
export async function withRun<Value>(
  cwd: string,
  name: string,
  work: (run: OpenedRun) => Value | Promise<Value>,
): Promise<Value> {
  return await withRunFolder(findRunFolder(cwd, name), work);
}

export async function withRunFolder<Value>(
  folder: RunFolder,
  work: (run: OpenedRun) => Value | Promise<Value>,
): Promise<Value> {
  let collection: Collection;
  try {
    collection = new Collection(folder.path, STREAMS);
  } catch (error) {
    throw ioError("read", folder.path, error);
  }
  try {
    while (collection.pull(BATCH) > 0);
    if (!isAtWork(collection.facts())) collection.finish();
    const summary = collection.summarise();
    return await work({ folder, collection, summary });
  } finally {
    collection.close();
  }
}

const BATCH = 10_000;
