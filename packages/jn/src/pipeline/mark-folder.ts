import { fstatSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A mark in the folder: `INODE-PID`, of the pipe and of the process that writes to it. */
export interface MarkFile {
  readonly path: string;
  readonly inode: number;
  readonly pid: number;
}

/** The identity of the pipe behind a descriptor; undefined: there is no pipe. */
export interface PipeIdentity {
  readonly device: number;
  readonly inode: number;
}

export function pipeOf(fd: number): PipeIdentity | undefined {
  const stat = attempt(() => fstatSync(fd));
  return stat?.isFIFO() === true ? { device: stat.dev, inode: stat.ino } : undefined;
}

/** The folder for marks, if it is ours alone. The launcher in the first lines of the program knows it, too (scripts/bundle/launcher.mjs). */
export function markFolder(create: boolean): string | undefined {
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  const runtime = process.env["XDG_RUNTIME_DIR"] ?? "";
  const folder = join(runtime === "" ? tmpdir() : runtime, `jn-${user}`);
  if (create) attempt(() => mkdirSync(folder, { mode: 0o700 }));
  const stat = attempt(() => lstatSync(folder));
  const isOurs = stat?.isDirectory() === true && stat.uid === user && (stat.mode & 0o077) === 0;
  return isOurs ? folder : undefined;
}

export function marksIn(folder: string): readonly MarkFile[] {
  return (attempt(() => readdirSync(folder)) ?? []).map((name) => {
    const [, inode, pid] = /^(\d+)-(\d+)$/.exec(name) ?? [];
    return { path: join(folder, name), inode: Number(inode ?? -1), pid: Number(pid ?? -1) };
  });
}

/** Whether its process is there. */
export function isAlive({ pid }: MarkFile): boolean {
  return pid > 0 && attempt(() => process.kill(pid, 0)) !== undefined;
}

/** Milliseconds since 1970 at which it was last written; undefined: it is gone. */
export function writtenAtMs({ path }: MarkFile): number | undefined {
  return attempt(() => lstatSync(path))?.mtimeMs;
}

export function textOf({ path }: MarkFile): string | undefined {
  return attempt(() => readFileSync(path, "utf8"));
}

export function removeMark({ path }: MarkFile): void {
  attempt(() => unlinkSync(path));
}

/**
 * Removes the marks that nobody can be waiting for: their process is gone, and so is the pipe, which no process of ours has open any more.
 * To look for that takes milliseconds, so it is done only when there is such a mark; where it cannot be seen, an hour has to pass.
 */
export function sweepMarks(marks: readonly MarkFile[]): void {
  const stale = marks.filter((mark) => {
    const written = writtenAtMs(mark);
    return mark.pid > 0 && written !== undefined && Date.now() - written > STALE_MS && !isAlive(mark);
  });
  if (stale.length === 0) return;
  const open = openInodes();
  for (const mark of stale) {
    const isForgotten = Date.now() - (writtenAtMs(mark) ?? 0) > FORGOTTEN_MS;
    if (open === undefined ? isForgotten : !open.has(mark.inode)) removeMark(mark);
  }
}

/** The inodes of all that our processes have open; undefined where that cannot be known. */
function openInodes(): ReadonlySet<number> | undefined {
  const found = new Set<number>();
  for (const pid of attempt(() => readdirSync("/proc")) ?? []) {
    if (!/^\d+$/.test(pid)) continue;
    for (const fd of attempt(() => readdirSync(`/proc/${pid}/fd`)) ?? []) {
      const stat = attempt(() => statSync(`/proc/${pid}/fd/${fd}`));
      if (stat?.isFIFO() === true) found.add(stat.ino);
    }
  }
  return attempt(() => statSync("/proc/self/fd")) === undefined ? undefined : found;
}

/** Marks are a help, not a condition: where they cannot be made or read, work goes on without. */
export function attempt<Result>(action: () => Result): Result | undefined {
  try {
    return action() ?? (true as Result);
  } catch {
    return undefined;
  }
}

/** A reader looks at the end of its input; for this long it may be late. */
const STALE_MS = 10_000;

/** After an hour nobody waits for the end of a pipe any more that has not been seen. */
const FORGOTTEN_MS = 3_600_000;
