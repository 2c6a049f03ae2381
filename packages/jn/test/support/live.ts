import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { described, JN_PATH, type Outcome } from "./jn.ts";

/** A command line at work: what it has printed so far, and how it ends. */
export interface Live {
  readonly child: ChildProcess;
  /** Standard output so far. */
  stdout(): string;
  readonly outcome: Promise<Outcome>;
}

export interface LiveOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** In a process group of its own, to be signalled as a terminal does it. */
  readonly ownGroup?: boolean | undefined;
}

/**
 * Starts a command line in bash. Besides `jn` and `node` it has
 * - `as NAME ARGUMENT...`: jn, its process id in the file NAME.pid
 * - `generate KIND BYTES [REPORT]`: records, see generate.ts
 */
export function startShell(command: string, options: LiveOptions): Live {
  const { cwd, env = process.env, ownGroup = false } = options;
  const child = spawn("bash", ["--norc", "-c", PRELUDE + command], { cwd, env, detached: ownGroup });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.stdin.end();
  const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString();
  const outcome = (async (): Promise<Outcome> => {
    const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return { command, cwd, status, signal, stdout: text(stdout), stderr: text(stderr) };
  })();
  return { child, stdout: () => text(stdout), outcome };
}

/** The same, to its end. */
export async function runPipes(command: string, options: LiveOptions): Promise<Outcome> {
  return await startShell(command, options).outcome;
}

/**
 * Waits until `look` finds something. It has no deadline of its own: that is the test's.
 *
 * @throws Error when the command line ends first
 */
export async function until<Found>(live: Live, look: () => Found | undefined | false): Promise<Found> {
  const { child } = live;
  for (;;) {
    const isOver = child.exitCode !== null || child.signalCode !== null;
    if (isOver) await live.outcome;
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (isOver) throw new Error(`it ended too early\n${described(await live.outcome)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits until a number has stopped changing: everybody downstream of it is blocked. */
export async function settled(live: Live, look: () => number): Promise<number> {
  let last = -1;
  let unchanged = 0;
  return await until(live, () => {
    const now = look();
    unchanged = now === last ? unchanged + 1 : 0;
    last = now;
    return now > 0 && unchanged === 40 ? now : undefined;
  });
}

/** Lets a command line go on that waits in `read -r < NAME`, a FIFO. Each FIFO serves once: two readers could meet one writer. */
export async function release(folder: string, name: string): Promise<void> {
  await writeFile(join(folder, name), "\n");
}

/** The number in a file; 0 as long as there is none. */
export function numberIn(folder: string, name: string): number {
  return Number(textIn(folder, name) ?? "0");
}

/** The process id that `as NAME` left. */
export function pidIn(folder: string, name: string): number | undefined {
  const text = textIn(folder, `${name}.pid`);
  return text?.endsWith("\n") === true ? Number(text) : undefined;
}

/** How many descriptors a process has open. */
export function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Names and sizes of the temporary files that `put` has in this folder. */
export function temporaryFiles(folder: string): { readonly name: string; readonly bytes: number }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".tmp"))
    .map((name) => ({ name, bytes: statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0 }));
}

function textIn(folder: string, name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch {
    return undefined;
  }
}

const GENERATE = fileURLToPath(new URL("generate.js", import.meta.url));

const PRELUDE = `
NODE='${process.execPath}' JN='${JN_PATH}'
node() { "$NODE" "$@"; }
jn() { "$NODE" "$JN" "$@"; }
as() { echo $BASHPID > "$1.pid"; shift; exec "$NODE" "$JN" "$@"; }
generate() { "$NODE" '${GENERATE}' "$@"; }
`;
