import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

/** The real program, as it is installed. */
export const JN_PATH: string = join(dirname(fileURLToPath(import.meta.url)), "../../bin/jn.cjs");

const CACHE = join(tmpdir(), "jn-test-cache");

export interface Outcome {
  readonly command: string;
  readonly cwd: string;
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string | undefined;
  /** Standard input; default: empty. */
  readonly input?: string | Uint8Array | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Runs `jn` with these arguments. */
export async function runJn(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return await run(process.execPath, [JN_PATH, ...args], `jn ${args.join(" ")}`, options);
}

/**
 * Runs a command line in bash (without ~/.bashrc, which it would read because a child of Node has a socket for standard input), in which `jn` is the program under test, run by the Node that runs the tests.
 */
export async function runShell(command: string, options: RunOptions = {}): Promise<Outcome> {
  const definition = `jn() { ${quoted(process.execPath)} ${quoted(JN_PATH)} "$@"; }; node() { ${quoted(process.execPath)} "$@"; }\n`;
  return await run("bash", ["--norc", "-c", definition + command], command, options);
}

/** Everything that is needed to understand a failure. */
export function described(outcome: Outcome): string {
  const { command, cwd, status, signal, stdout, stderr } = outcome;
  const shown = (text: string): string =>
    text.length > 4000 ? `${text.slice(0, 2000)}\n[...]\n${text.slice(-2000)}` : text;
  return `command: ${command}\ncwd: ${cwd}\nstatus: ${status} signal: ${signal}\nstdout:\n${shown(stdout)}\nstderr:\n${shown(stderr)}`;
}

/** Asserts success and a quiet standard error; returns standard output. */
export function succeeded(outcome: Outcome): string {
  assert.equal(outcome.status, 0, described(outcome));
  assert.equal(outcome.stderr, "", described(outcome));
  return outcome.stdout;
}

/** Asserts an exit code and that standard error matches; returns standard output. */
export function failed(outcome: Outcome, status: number, message: RegExp): string {
  assert.equal(outcome.status, status, described(outcome));
  assert.match(outcome.stderr, message, described(outcome));
  return outcome.stdout;
}

/** A folder with these files that is removed after the test. */
export function folderWith(context: TestContext, files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "jn-test-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

async function run(program: string, args: readonly string[], command: string, options: RunOptions): Promise<Outcome> {
  const { cwd = process.cwd(), input = "", env = process.env } = options;
  // The user's own cache is none of a test's business.
  const child = spawn(program, args, { cwd, env: { XDG_CACHE_HOME: CACHE, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  // A program that stops reading early is no failure of the test.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString();
  return { command, cwd, status, signal, stdout: text(stdout), stderr: text(stderr) };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
