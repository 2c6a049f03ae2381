import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/**
 * Whether somebody still wants what standard output brings, before more is fetched for it. What was written is in the pipe
 * already, and whoever reads it may need no more: `head`. So this waits until the reader waits for more (true), has left (false),
 * or goes on with something else (true, after half a second). A reader that is a stage of ours, which only hands records on, wants what its own
 * reader wants.
 *
 * Looks into /proc of Linux (proc(5): `fd`, `fdinfo`, `wchan`); where that says nothing the answer is true.
 */
export async function readerWantsMore(): Promise<boolean> {
  return await isWanted(outputOf("self"));
}

async function isWanted(pipe: string | undefined): Promise<boolean> {
  if (pipe?.startsWith("pipe:") !== true) return true;
  let asleep = 0;
  for (
    let pauseMs = 1, waitedMs = 0;
    waitedMs < PATIENCE_MS;
    waitedMs += pauseMs, pauseMs = Math.min(25, 2 * pauseMs)
  ) {
    const readers = readersOf(pipe);
    if (readers.length === 0) return mayBeHidden();
    const places = readers.flatMap(waitingPlaces);
    // A reader that waits for several things at once waits for us, too, when it goes on doing so.
    asleep = places.every((place) => place !== "0" && place !== "") ? asleep + pauseMs : 0;
    if (asleep > SETTLED_MS || places.some((place) => READING.test(place))) {
      const parents = new Set(readers.map(parentOf));
      // A shell that waits for the reader has the pipe, too.
      const [reader, ...others] = readers.filter((pid) => !parents.has(pid));
      // What it has written before it waits is all that it could make of what it was given.
      return reader === undefined || others.length > 0 || !handsOn(reader) || (await isWanted(outputOf(reader)));
    }
    await wait(pauseMs);
  }
  return true;
}

function outputOf(pid: string): string | undefined {
  return attempt(() => readlinkSync(`/proc/${pid}/fd/1`));
}

/** Whether a process is a stage of ours that does nothing but write to its standard output. */
function handsOn(pid: string): boolean {
  if (attempt(() => readlinkSync(`/proc/${pid}/exe`)) !== attempt(() => readlinkSync("/proc/self/exe"))) return false;
  const args = attempt(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"))?.split("\0") ?? [];
  const program = args.findIndex((argument) => PROGRAM.test(argument));
  return program >= 0 && HANDING_ON.has(args[program + 1] ?? "");
}

/** Processes that have the reading end of the pipe. */
function readersOf(pipe: string): readonly string[] {
  return processes().filter((pid) =>
    (attempt(() => readdirSync(`/proc/${pid}/fd`)) ?? []).some(
      (fd) => attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) === pipe && isForReading(pid, fd),
    ),
  );
}

function isForReading(pid: string, fd: string): boolean {
  const [, flags] =
    /^flags:\s*([0-7]+)/m.exec(attempt(() => readFileSync(`/proc/${pid}/fdinfo/${fd}`, "utf8")) ?? "") ?? [];
  return flags !== undefined && (Number.parseInt(flags, 8) & ACCESS_MODE) !== WRITE_ONLY;
}

/** Where in the kernel each thread of a process sleeps; `0`: it does not. */
function waitingPlaces(pid: string): readonly string[] {
  return (attempt(() => readdirSync(`/proc/${pid}/task`)) ?? []).map(
    (thread) => attempt(() => readFileSync(`/proc/${pid}/task/${thread}/wchan`, "utf8")) ?? "0",
  );
}

/** Whether a process of our session cannot be looked at: it may be the reader, as under sudo. */
function mayBeHidden(): boolean {
  const session = sessionOf("self");
  return processes().some((pid) => sessionOf(pid) === session && !isVisible(pid));
}

function isVisible(pid: string): boolean {
  try {
    readdirSync(`/proc/${pid}/fd`);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "EACCES";
  }
}

function parentOf(pid: string): string | undefined {
  return statusOf(pid)?.[1];
}

function sessionOf(pid: string): string | undefined {
  return statusOf(pid)?.[3];
}

/** State, parent, group, session. */
function statusOf(pid: string): readonly string[] | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // The name in parentheses before them may have blanks in it.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function processes(): readonly string[] {
  return (attempt(() => readdirSync("/proc")) ?? []).filter((name) => /^\d+$/.test(name));
}

/** Processes end while they are looked at. */
function attempt<Result>(look: () => Result): Result | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

const ACCESS_MODE = 3;
const WRITE_ONLY = 1;
/** Functions of the kernel in which a process waits for a pipe (fs/pipe.c). */
const READING = /pipe_(?:read|wait)/;
const PROGRAM = /(?:^|\/)jn(?:\.cjs)?$/;
const HANDING_ON: ReadonlySet<string> = new Set(
  "cat filter group head join sample sort table tail uniq window".split(" "),
);
const SETTLED_MS = 60;
const PATIENCE_MS = 500;
