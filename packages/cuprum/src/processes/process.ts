import { type ChildProcess, spawn } from "node:child_process";
import { isGroupRunning, signalGroup } from "./group.ts";
import { guardGroup, idleGuard, readyGuard, unguardGroup } from "./guard.ts";

/** What to start. */
export interface ProcessPlan {
  /** Absolute path of the executable. */
  readonly file: string;
  /** What the program sees as its own name. */
  readonly argv0: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Standard input, output and error: a descriptor, the null device, or our own. */
  readonly stdio: readonly [Stream, Stream, Stream];
}

export type Stream = number | "ignore" | "inherit";

/** How a process ended: exactly one of the two is not null. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that runs, or ran, as the leader of its own process group. */
export interface StartedProcess {
  readonly pid: number;
  /** Settles when it has been reaped. Never rejects. */
  readonly ended: Promise<ProcessEnd>;
  readonly end: () => ProcessEnd | undefined;
  /** Whether it runs, or something that it started in its group. */
  readonly hasGroup: () => boolean;
  /** Signals the whole group. A group that is gone is no error. */
  readonly signalGroup: (signal: NodeJS.Signals) => void;
}

/**
 * Starts a process in its own session and process group, so that the whole of what it starts can be stopped. When this
 * process dies first, however it dies, the group is stopped by a guard.
 *
 * @throws the system's error when it does not start
 */
export async function startProcess(plan: ProcessPlan): Promise<StartedProcess> {
  readyGuard();
  try {
    const child = spawn(plan.file, plan.args, {
      argv0: plan.argv0,
      cwd: plan.cwd,
      env: plan.env,
      stdio: [...plan.stdio],
      detached: true,
    });
    // Some failures of fork and exec come as an event of the next tick, others were thrown by spawn.
    if (child.pid === undefined) throw await failureOf(child);
    guardGroup(child.pid);
    return leader(child, child.pid);
  } catch (error) {
    idleGuard();
    throw error;
  }
}

function failureOf(child: ChildProcess): Promise<Error> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      // It repeats all arguments, the secret ones included.
      Reflect.deleteProperty(error, "spawnargs");
      resolve(error);
    });
  });
}

function leader(child: ChildProcess, pid: number): StartedProcess {
  let end: ProcessEnd | undefined;
  // A group that is empty stays so, and its number may mean another one soon; one with members keeps its number.
  let hasSurvivors = true;
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once("exit", (exitCode, signal) => {
      end = { exitCode, signal };
      hasSurvivors = isGroupRunning(pid);
      unguardGroup(pid);
      resolve(end);
    });
  });
  const hasGroup = (): boolean => end === undefined || (hasSurvivors &&= isGroupRunning(pid));
  return {
    pid,
    ended,
    end: () => end,
    hasGroup,
    signalGroup(signal) {
      if (hasGroup()) signalGroup(pid, signal);
    },
  };
}
