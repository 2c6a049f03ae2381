import { readFileSync, readlinkSync } from "node:fs";
import { systemCode } from "./wire-error.ts";

/**
 * This process, as a part of a file name: `BOOT-SPACE-PID-START`, where a process id means something (the start of the machine and the
 * namespace, proc(5), pid_namespaces(7)), the process id, and when it began, as process ids are used again. Where that cannot be known:
 * `PID-TIME`.
 */
export function fileOwner(): string {
  owner ??= linuxOwner() ?? `${process.pid}-${Date.now().toString(36)}`;
  return owner;
}

/** Whether a process is gone for certain that has named itself so. */
export function isOwnerGone(name: string): boolean {
  const [, space, pid, start] = LINUX_OWNER.exec(name) ?? [];
  const [, ownSpace] = LINUX_OWNER.exec(fileOwner()) ?? [];
  if (space === undefined || space !== ownSpace) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return systemCode(error) === "ESRCH";
  }
  const began = startOf(Number(pid));
  return began !== undefined && began !== start;
}

function linuxOwner(): string | undefined {
  const start = startOf(process.pid);
  if (start === undefined) return undefined;
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").replaceAll(/[^0-9a-f]/g, "");
    const space = readlinkSync("/proc/self/ns/pid").replaceAll(/\D/g, "");
    const named = `${boot.slice(0, 12)}-${space}-${process.pid}-${start}`;
    return LINUX_OWNER.test(named) ? named : undefined;
  } catch {
    return undefined;
  }
}

/** In ticks since the machine started, field 22 of /proc/PID/stat; undefined where that cannot be read. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program, in parentheses, may have anything in it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

const LINUX_OWNER = /^([0-9a-f]{12}-\d+)-(\d+)-(\d+)$/;
let owner: string | undefined;
