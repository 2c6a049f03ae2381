import { readdirSync, readFileSync } from "node:fs";

/** A process as /proc shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly state: string;
  readonly command: string;
}

/** Every process of this machine. One that ends while we look is left out. */
export function processes(): readonly ProcessEntry[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        // The name stands in brackets and may hold anything.
        const [state = "", parent = "", group = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return [{ pid: Number(name), parent: Number(parent), group: Number(group), state, command }];
      } catch {
        return [];
      }
    });
}

/** Whether a process runs: one that has ended and waits to be reaped does not. */
export function isRunning(pid: number | undefined): boolean {
  return processes().some((one) => one.pid === pid && one.state !== "Z" && one.state !== "X");
}

/** Running processes with a text in their command line. */
export function runningWith(text: string): readonly ProcessEntry[] {
  return processes().filter(
    ({ command, state, pid }) => command.includes(text) && state !== "Z" && pid !== process.pid,
  );
}

/** The children of a process, those that have ended and were not reaped among them. */
export function childrenOf(pid: number): readonly ProcessEntry[] {
  return processes().filter(({ parent }) => parent === pid);
}

/** A number of seconds to sleep that no other test uses, and of one length, so that none contains another: it marks a process. */
export function uniqueSeconds(): string {
  marks++;
  return `${100_000 + (process.pid % 100_000)}.${String(marks).padStart(4, "0")}7`;
}

let marks = 0;
