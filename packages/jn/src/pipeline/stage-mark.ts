import { fstatSync, lstatSync, mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JnError, type StageFailure } from "../jn-error.ts";

/**
 * How stages that a shell connected tell each other how they ended.
 *
 * A stage whose standard output is a pipe puts a mark, a small file named after the pipe's identity, into a folder of the
 * user's; it removes the mark when it has done its work, and writes the reason into it when it fails. The stage at the
 * other end looks when its input ends: a mark that is still there means that what it read is not all. The removal comes
 * before the end of input that the reader sees, so there is no race; a stage that was killed leaves its mark behind.
 *
 * Without a private folder, or across a program that is no jn, nothing is known, and the input is trusted as ever.
 */
export interface StageMark {
  /** The work is done, or nobody wants it any more. */
  remove(): void;
  /** The stage failed, or passes on that one before it did. */
  fail(failure: StageFailure): void;
}

/** Marks this process as a stage that writes to standard output; undefined when that is no pipe. */
export function markStage(stage: string): StageMark | undefined {
  const pipe = pipeOf(1);
  const folder = pipe === undefined ? undefined : markFolder(true);
  if (pipe === undefined || folder === undefined) return undefined;
  const path = join(folder, `${pipe}-${process.pid}`);
  const write = (failure: StageFailure): boolean =>
    attempt(() => writeFileSync(path, JSON.stringify(failure), { mode: 0o600 })) !== undefined;
  if (!write({ stage, exitCode: KILLED, message: "it was killed" })) return undefined;
  return {
    remove() {
      attempt(() => unlinkSync(path));
    },
    fail(failure) {
      write(failure);
    },
  };
}

/**
 * Fails when the stage upstream did, after the end of standard input.
 *
 * @param consequence what does not happen now, for the message; without it the failure is only passed on, quietly
 * @throws JnError `UPSTREAM`
 */
export function requireUpstreamSuccess(consequence = ""): void {
  const failure = upstreamFailure();
  if (failure === undefined) return;
  const message = consequence === "" ? "" : `${failure.stage} failed, ${consequence}: ${failure.message}`;
  throw new JnError("UPSTREAM", message, { upstream: failure });
}

/** Looks, at the end of standard input, how the stage that wrote it ended; undefined: well, or nothing is known. */
function upstreamFailure(): StageFailure | undefined {
  const pipe = pipeOf(0);
  const folder = pipe === undefined ? undefined : markFolder(false);
  if (pipe === undefined || folder === undefined) return undefined;
  let found: StageFailure | undefined;
  for (const name of attempt(() => readdirSync(folder)) ?? []) {
    const path = join(folder, name);
    if (name.startsWith(`${pipe}-`)) {
      const text = attempt(() => readFileSync(path, "utf8"));
      found ??= text === undefined ? undefined : parseMark(text);
      attempt(() => unlinkSync(path));
    } else if (isForgotten(path, name)) attempt(() => unlinkSync(path));
  }
  return found;
}

/** The identity of the pipe behind a descriptor: device and inode. Linux does not reuse the inode of a pipe for long. */
function pipeOf(fd: number): string | undefined {
  const stat = attempt(() => fstatSync(fd));
  return stat?.isFIFO() === true ? `${stat.dev.toString(36)}-${stat.ino.toString(36)}` : undefined;
}

/** The folder for marks, if it is ours alone. */
function markFolder(create: boolean): string | undefined {
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  const folder = join(process.env["XDG_RUNTIME_DIR"] ?? tmpdir(), `jn-${user}`);
  if (create) attempt(() => mkdirSync(folder, { mode: 0o700 }));
  const stat = attempt(() => lstatSync(folder));
  const isOurs = stat?.isDirectory() === true && stat.uid === user && (stat.mode & 0o077) === 0;
  return isOurs ? folder : undefined;
}

/** Whether a mark belongs to a process that is gone, and to a pipeline that nobody can be waiting for. */
function isForgotten(path: string, name: string): boolean {
  const pid = Number(name.slice(name.lastIndexOf("-") + 1));
  const stat = attempt(() => lstatSync(path));
  if (stat === undefined || Date.now() - stat.mtimeMs < FORGOTTEN_MS) return false;
  return attempt(() => process.kill(pid, 0)) === undefined;
}

function parseMark(text: string): StageFailure {
  const mark = attempt(() => JSON.parse(text) as Partial<StageFailure> | null);
  const { stage = "the stage before", exitCode = KILLED, message = "it was killed" } = mark ?? {};
  return { stage, exitCode, message };
}

/** Marks are a help, not a condition: where they cannot be made or read, work goes on without. */
function attempt<Result>(action: () => Result): Result | undefined {
  try {
    return action() ?? (true as Result);
  } catch {
    return undefined;
  }
}

/** The exit code for a stage that ended without a word: 128 + SIGKILL. */
const KILLED = 137;

/** After an hour nobody waits for the end of a pipe any more that has not been seen. */
const FORGOTTEN_MS = 3_600_000;
