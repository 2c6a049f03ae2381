import { unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { JnError, type StageFailure } from "../jn-error.ts";
import type { Flow } from "./flow.ts";
import {
  attempt,
  isAlive,
  type MarkFile,
  markFolder,
  marksIn,
  pipeOf,
  removeMark,
  sweepMarks,
  textOf,
  writtenAtMs,
} from "./mark-folder.ts";

/**
 * How stages that a shell connected tell each other how they ended.
 *
 * A stage whose standard output is a pipe puts a mark, a small file named after the pipe's inode, into a folder of the
 * user's; it removes the mark when it has done its work, and writes the reason into it when it fails. The stage at the
 * other end looks when its input ends: a mark that is still there means that what it read is not all. The removal comes
 * before the end of input that the reader sees, so there is no race; a stage that was killed leaves its mark behind.
 *
 * Node takes 30 ms and more before any of our code runs. So the mark is put, empty, by the lines of shell that the program begins with,
 * a millisecond after its start (scripts/bundle/launcher.mjs, Linux 5.14 and later; elsewhere, and for `node jn.cjs`, it is put from here).
 *
 * Without a private folder, or across a program that is no jn, nothing is known, and the input is trusted as ever.
 */
export interface StageMark {
  /** What has gone through it, for whoever wants to know. */
  publish(flow: Flow): void;
  /** The work is done, or nobody wants it any more. */
  remove(): void;
  /** The stage failed, or passes on that one before it did. */
  fail(failure: StageFailure): void;
}

/** Marks this process as a stage. What does not write to a pipe has a mark only when there is something to publish. */
export function markStage(stage: string): StageMark {
  const [input, output] = [pipeOf(0), pipeOf(1)];
  const running = { stage, exitCode: KILLED, message: KILLED_MESSAGE };
  let path: string | undefined;
  const write = (mark: StageFailure & { readonly flow?: Flow }): void => {
    if (path === undefined) {
      const folder = markFolder(true);
      if (folder === undefined) return;
      path = join(folder, `${output?.inode ?? 0}-${process.pid}`);
    }
    const text = JSON.stringify({ ...mark, device: output?.device, input: input?.inode, parent: process.ppid });
    attempt(() => writeFileSync(path!, text, { mode: 0o600 }));
  };
  const remove = (): void => {
    if (path !== undefined) attempt(() => unlinkSync(path!));
  };
  if (output !== undefined) write(running);
  return {
    publish(flow) {
      write({ ...running, flow });
    },
    remove,
    fail(failure) {
      if (output === undefined) remove();
      else write(failure);
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
  const others: MarkFile[] = [];
  for (const mark of marksIn(folder)) {
    if (mark.inode === pipe.inode && isOfEarlierPipe(mark)) {
      removeMark(mark);
      continue;
    }
    const failure = mark.inode === pipe.inode ? parseMark(textOf(mark), pipe.device) : undefined;
    if (failure === undefined) others.push(mark);
    else {
      found ??= failure;
      removeMark(mark);
    }
  }
  sweepMarks(others);
  return found;
}

/**
 * Inodes are used again, those of named pipes at once. A stage of ours began when we did; one that was gone long before
 * wrote to another pipe with this number, or to this one for somebody else.
 */
function isOfEarlierPipe(mark: MarkFile): boolean {
  return (writtenAtMs(mark) ?? 0) < Date.now() - 1000 * process.uptime() - EARLIER_MS && !isAlive(mark);
}

/** @returns undefined for the mark of a pipe with the same inode on another device */
function parseMark(text: string | undefined, device: number): StageFailure | undefined {
  const mark = attempt(() => JSON.parse(text ?? "") as (Partial<StageFailure> & { readonly device?: number }) | null);
  if (mark?.device !== undefined && mark.device !== device) return undefined;
  const { stage = "the stage before", exitCode = KILLED, message = KILLED_MESSAGE } = mark ?? {};
  return { stage, exitCode, message };
}

/** The exit code for a stage that ended without a word: 128 + SIGKILL. */
const KILLED = 137;
const KILLED_MESSAGE = "it was killed";

/** Stages of one pipeline start within seconds. */
const EARLIER_MS = 60_000;
