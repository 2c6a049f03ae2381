import { type ChildProcess, spawn } from "node:child_process";
import { guardGroup, readyGuard, unguardGroup } from "./guard.ts";

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
  const child = spawn(plan.file, plan.args, {
    argv0: plan.argv0,
    cwd: plan.cwd,
    env: plan.env,
    stdio: [...plan.stdio],
    detached: true,
  });
  const { pid } = child;
  // Some failures of fork and exec come as an event of the next tick, others were thrown by spawn.
  if (pid === undefined) throw await failureOf(child);
  guardGroup(pid);
  let end: ProcessEnd | undefined;
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once("exit", (exitCode, signal) => {
      end = { exitCode, signal };
      resolve(end);
    });
  });
  void ended.then(() => unguardGroup(pid));
  return { pid, ended, end: () => end, signalGroup: (signal) => signalGroup(pid, signal) };
}

function failureOf(child: ChildProcess): Promise<Error> {
  return new Promise((resolve) => child.once("error", resolve));
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
    // One that is stopped would not see it before it is continued.
    if (signal === "SIGTERM") process.kill(-pid, "SIGCONT");
  } catch {
    // ESRCH: all of it has ended. EPERM: what is left of it runs as somebody else.
  }
}
