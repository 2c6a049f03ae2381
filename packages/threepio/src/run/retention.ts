import { readdirSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { ioError } from "@jn/wire";
import { isAtWorkIn } from "./at-work.ts";
import { type RunFolder, runFolders } from "./run-folder.ts";

export interface RetentionOptions {
  /** The last runs, which stay unless another bound says otherwise. */
  readonly keep: number;
  /** Runs that ended before go, ms since 1970. */
  readonly olderThanMs: number | undefined;
  /** The oldest runs go until all together have at most so many bytes. */
  readonly maxBytes: number | undefined;
}

export interface RemovableRun {
  readonly folder: RunFolder;
  readonly bytes: number;
}

/**
 * The runs that are beyond the bounds, the oldest first. Never the last one, never one that is at work.
 *
 * @throws WireError `IO`
 */
export function runsToRemove(cwd: string, options: RetentionOptions): readonly RemovableRun[] {
  const { keep, olderThanMs, maxBytes } = options;
  const folders = runFolders(cwd);
  const latest = latestOf(cwd) ?? folders.at(-1)?.id;
  const removable: RemovableRun[] = [];
  let bytes = 0;
  // From the newest on, so that the bytes of what stays are known.
  for (const [age, folder] of folders.toReversed().entries()) {
    const { size, changedMs } = sizeOf(folder.path);
    const isBeyond =
      age >= keep ||
      (olderThanMs !== undefined && changedMs < olderThanMs) ||
      (maxBytes !== undefined && bytes + size > maxBytes);
    if (isBeyond && folder.id !== latest && !isAtWorkIn(folder)) removable.push({ folder, bytes: size });
    else bytes += size;
  }
  return removable.toReversed();
}

/** Removes a run; a folder that is removed in part is no run any more. @throws WireError `IO` */
export function removeRun({ path, id }: RunFolder): void {
  const doomed = join(dirname(path), `.removed-${id}`);
  try {
    rmSync(doomed, { recursive: true, force: true });
    renameSync(path, doomed);
    rmSync(doomed, { recursive: true, force: true });
  } catch (error) {
    throw ioError("remove", path, error);
  }
}

function latestOf(cwd: string): string | undefined {
  try {
    const path = realpathSync(join(cwd, ".3pio/runs/latest"));
    return path.slice(path.lastIndexOf("/") + 1);
  } catch {
    return undefined;
  }
}

function sizeOf(folder: string): { readonly size: number; readonly changedMs: number } {
  let [size, changedMs] = [0, 0];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const inner = sizeOf(path);
      size += inner.size;
      changedMs = Math.max(changedMs, inner.changedMs);
      continue;
    }
    const found = statSync(path, { throwIfNoEntry: false });
    size += found?.size ?? 0;
    changedMs = Math.max(changedMs, found?.mtimeMs ?? 0);
  }
  return { size, changedMs };
}
