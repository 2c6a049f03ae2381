import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, readdirSync, readlinkSync } from "node:fs";

export interface Ended {
  readonly command: string;
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts a program with these descriptors, which are closed here: they are the child's now. */
export function start(
  argv: readonly [string, ...string[]],
  stdin: number | "ignore",
  stdout: number | "ignore",
): Running {
  const [program, ...args] = argv;
  const child = spawn(program, args, { stdio: [stdin, stdout, "inherit"] });
  for (const fd of [stdin, stdout]) if (typeof fd === "number") closeSync(fd);
  return { child, ended: endOf(child, argv.join(" ")) };
}

async function endOf(child: ChildProcess, command: string): Promise<Ended> {
  const [status, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return { command, status, signal };
}

/** What every open descriptor of this process is, sorted; the one that lists them is left out. */
export function openDescriptors(): string[] {
  return readdirSync("/proc/self/fd")
    .flatMap((fd) => {
      try {
        return [`${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`];
      } catch {
        return [];
      }
    })
    .toSorted();
}
