import { readdirSync, readFileSync } from "node:fs";

/**
 * Whether something of a process group runs. What has ended and was not reaped yet keeps its group, for ever where nobody reaps
 * orphans, as in many containers; it does not count where `/proc` tells.
 */
export function isGroupRunning(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch {
    // EPERM would mean somebody else's processes: none that we could signal.
    return false;
  }
  return process.platform !== "linux" || readdirSync("/proc").some((name) => isRunningMember(name, group));
}

function isRunningMember(name: string, group: number): boolean {
  if (!/^\d+$/.test(name)) return false;
  try {
    const stat = readFileSync(`/proc/${name}/stat`, "latin1");
    // pid (name) state parent group ...; the name may hold anything, brackets and spaces too.
    const [state, , ofGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(ofGroup) === group && state !== "Z" && state !== "X";
  } catch {
    return false;
  }
}

/** Signals a whole group. One that is gone is no error. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
    // One that is stopped would not see it before it is continued.
    if (signal === "SIGTERM") process.kill(-group, "SIGCONT");
  } catch {
    // ESRCH: all of it has ended. EPERM: what is left of it runs as somebody else.
  }
}
