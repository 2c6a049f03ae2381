import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));

/** The real program, as it is installed. */
export const PROGRAM: string = join(HERE, "../../bin/3pio.cjs");

/** A test command that writes the events of as many tests as one likes. */
export const SYNTHETIC: string = join(HERE, "synthetic.js");

const FIXTURES = join(HERE, "../../../test/fixtures");

export interface Outcome {
  readonly command: string;
  readonly cwd: string;
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Runs `3pio` with these arguments. */
export async function threepio(args: readonly string[], options: RunOptions): Promise<Outcome> {
  return await execute([process.execPath, PROGRAM, ...args], options);
}

/** Runs a program to its end. */
export async function execute(command: readonly string[], options: RunOptions): Promise<Outcome> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { cwd: options.cwd, env: cleanEnvironment(options.env) });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.stdin.end();
  const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString();
  return { command: command.join(" "), cwd: options.cwd, status, signal, stdout: text(stdout), stderr: text(stderr) };
}

/** Everything that is needed to understand a failure. */
export function described({ command, cwd, status, signal, stdout, stderr }: Outcome): string {
  const shown = (text: string): string =>
    text.length > 6000 ? `${text.slice(0, 3000)}\n[...]\n${text.slice(-3000)}` : text;
  return `command: ${command}\ncwd: ${cwd}\nstatus: ${status} signal: ${signal}\nstdout:\n${shown(stdout)}\nstderr:\n${shown(stderr)}`;
}

/** An empty folder, or a copy of a fixture, that is removed after the test. */
export function workFolder(context: TestContext, fixture?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "3pio-test-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  if (fixture !== undefined) cpSync(join(FIXTURES, fixture), folder, { recursive: true });
  return folder;
}

/** Lets a folder use the packages of this workspace: the test runners among them. */
export function packagesIn(folder: string): void {
  symlinkSync(join(HERE, "../../../../../node_modules"), join(folder, "node_modules"));
}

/** Folder of the last run. */
export function lastRun(cwd: string): string {
  return join(cwd, ".3pio/runs/latest");
}

/** All reports of a run, by name. */
export function reportsOf(run: string): ReadonlyMap<string, string> {
  const folder = join(run, "reports");
  const found = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  const names = found.filter((name) => name.endsWith(".md"));
  const paths = ["test-run.md", ...names.toSorted().map((name) => `reports/${name}`)];
  return new Map(paths.map((path) => [path, readFileSync(join(run, path), "utf8")]));
}

/** The final verdicts in a run's reports: `status name`, sorted, with the file and groups before the name. */
export function verdictsOf(run: string): readonly string[] {
  const found: string[] = [];
  for (const [path, text] of reportsOf(run)) {
    if (path === "test-run.md") continue;
    let group = /^# (.*)$/m.exec(text)![1]!;
    const root = group;
    for (const line of text.split("\n")) {
      if (line.startsWith("## ")) group = `${root} > ${line.slice(3)}`;
      const [, status, name] = /^- \S (\w+): (?!part )(.*?)(?: (?:<?\d[\d.]* m?s))?$/.exec(line) ?? [];
      if (status !== undefined) found.push(`${status} ${group} > ${name}`.replaceAll("`", ""));
    }
  }
  return found.toSorted();
}

/** Asserts that the run's journal is whole, by the program's own check. */
export async function assertWhole(cwd: string): Promise<void> {
  const outcome = await threepio(["verify"], { cwd });
  assert.equal(outcome.status, 0, described(outcome));
  assert.match(outcome.stdout, /journal whole/, described(outcome));
}

/** The tests may themselves run under a test runner, or under 3pio: what these add to the environment is taken out. */
function cleanEnvironment(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const clean = { ...process.env, ...env };
  for (const name of Object.keys(clean)) {
    if (name.startsWith("THREEPIO_") && !(name in env)) delete clean[name];
  }
  delete clean["NODE_TEST_CONTEXT"];
  return clean;
}
