import { type ChildProcess, spawn } from "node:child_process";
import { Socket } from "node:net";

/**
 * Children must not outlive us, not even when SIGKILL ends us, when nothing of ours can run any more. The guard is a small process that
 * knows the groups of our children from its standard input. The end of that input means that we are gone: it sends
 * them SIGTERM, after half a second SIGKILL.
 *
 * Neither PR_SET_PDEATHSIG nor a library for it can be had from Node.js, and both would reach the leaders only. A Node.js process would cost 40 MB
 * and 40 ms; the shell is on every system, costs one millisecond, and runs this constant text only.
 */
const GUARD_SCRIPT = `
groups=' '
while read -r change group; do
  case $change in
    +) groups="$groups$group " ;;
    -) case $groups in *" $group "*) groups="\${groups%% "$group" *} \${groups#* "$group" }" ;; esac ;;
  esac
done
[ "$groups" = ' ' ] && exit
for group in $groups; do kill -s TERM -- "-$group"; kill -s CONT -- "-$group"; done 2>/dev/null
sleep 0.5
for group in $groups; do kill -s KILL -- "-$group"; done 2>/dev/null
`;

/** Milliseconds without a child after which the guard is let go. */
const IDLE_MS = 1000;

const groups = new Set<number>();
let guard: ChildProcess | undefined;
let idle: NodeJS.Timeout | undefined;

/** To be called before a process is started: it must not be there before its guard. */
export function readyGuard(): void {
  clearTimeout(idle);
  if (guard === undefined) startGuard();
}

/** Has this process group stopped when we die. */
export function guardGroup(group: number): void {
  groups.add(group);
  tell(`+ ${group}\n`);
}

/** The group's leader has been reaped: its number may mean another one soon. */
export function unguardGroup(group: number): void {
  if (!groups.delete(group)) return;
  tell(`- ${group}\n`);
  idleGuard();
}

/** Lets the guard go after a while, unless there is something to guard. */
export function idleGuard(): void {
  if (groups.size > 0) return;
  clearTimeout(idle);
  idle = setTimeout(stopGuard, IDLE_MS);
  idle.unref();
}

/** @throws Error when it does not start: without descriptors, nothing does */
function startGuard(): void {
  // oxlint-disable-next-line streaming/no-shell -- a constant text, no input but numbers of ours
  const started = spawn("/bin/sh", ["-c", GUARD_SCRIPT], {
    stdio: ["pipe", "ignore", "ignore"],
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    detached: true,
  });
  if (started.pid === undefined) {
    started.once("error", () => {});
    throw new Error("/bin/sh, which guards what is started, does not start: too many descriptors or processes");
  }
  guard = started;
  started.once("exit", (_, signal) => {
    if (guard !== started) return;
    guard = undefined;
    // Somebody killed it; what it guarded still runs.
    if (signal !== null && groups.size > 0) restartGuard();
  });
  // EPIPE, when it is gone: its exit says the same.
  started.stdin.on("error", () => {});
  // It must not keep us alive: it waits for our end.
  started.unref();
  if (started.stdin instanceof Socket) started.stdin.unref();
  tell([...groups].map((group) => `+ ${group}\n`).join(""));
}

function restartGuard(): void {
  try {
    startGuard();
  } catch {
    // The next process that is started needs one, too, and says so.
  }
}

/** A socket takes a few bytes at once, so they are out of our hands when this returns. */
function tell(change: string): void {
  guard?.stdin?.write(change);
}

function stopGuard(): void {
  guard?.stdin?.end();
  guard = undefined;
}
