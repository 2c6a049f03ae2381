import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { rawEvents } from "./support/events.ts";
import { described, lastRun, PROGRAM, reportsOf, threepio, verdictsOf, workFolder } from "./support/threepio.ts";

const SUPPORT = join(dirname(fileURLToPath(import.meta.url)), "support");
const TESTS = 2000;
/** About as many bytes as the journal of that many tests has. */
const JOURNAL_BYTES = TESTS * 400;
/** Each seed kills one writer, 3pio, or both, at another moment. */
const SEEDS = process.env["JN_TEST_HEAVY"] === "1" ? 500 : 3;
const VICTIMS = ["writer", "3pio", "both"] as const;

for (let seed = 0; seed < SEEDS; seed++) {
  const victim = VICTIMS[seed % VICTIMS.length]!;
  test(
    `kill -9 of ${victim}, seed ${seed}: what was written is in the reports, to the byte`,
    { timeout: 120_000 },
    async (context) => {
      const cwd = workFolder(context);
      await killedRun(cwd, victim, seed);
      const first = await threepio(["rebuild"], { cwd });
      assert.equal(first.status, 0, described(first));
      const reports = reportsOf(lastRun(cwd));
      await assertRebuiltAgain(cwd, reports);
      assertNothingLost(cwd);
      await assertAsNeverKilled(context, cwd, seed, reports);
    },
  );
}

async function killedRun(cwd: string, victim: (typeof VICTIMS)[number], seed: number): Promise<void> {
  const args = [PROGRAM, process.execPath, join(SUPPORT, "synthetic.js"), `${TESTS}`, "2", `${seed}`];
  const child = spawn(process.execPath, args, { cwd, stdio: "ignore" });
  const closed = once(child, "close");
  // The moment is a number of bytes, so that it does not depend on how busy the machine is.
  const moment = ((seed + 1) * 104_729) % JOURNAL_BYTES;
  const run = lastRun(cwd);
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  while (!isOver() && (!existsSync(join(run, "events")) || journalBytes(run) < moment)) await pause(2);
  const writers = existsSync(run)
    ? rawEvents(run).flatMap(({ type, pid }) => (type === "hello" && pid !== child.pid ? [pid!] : []))
    : [];
  if (victim !== "writer") kill(child);
  if (victim !== "3pio" && writers[0] !== undefined) kill(writers[seed % writers.length]!);
  await closed;
  // Writers outlive 3pio: their events still come.
  while (writers.some((pid) => isAlive(pid))) await pause(10);
  let last = -1;
  for (let now = journalBytes(run); now !== last; now = journalBytes(run)) {
    last = now;
    await pause(100);
  }
}

async function assertRebuiltAgain(cwd: string, reports: ReadonlyMap<string, string>): Promise<void> {
  rmSync(join(lastRun(cwd), "reports"), { recursive: true, force: true });
  const second = await threepio(["rebuild"], { cwd });
  assert.deepEqual(reportsOf(lastRun(cwd)), reports, described(second));
}

/** Every verdict in the segments is in the reports, and every test that began has one. */
function assertNothingLost(cwd: string): void {
  const events = rawEvents(lastRun(cwd));
  const ends = new Map(
    events.filter(({ type }) => type === "test.end").map(({ path, status }) => [path!.join(" > "), status!]),
  );
  const starts = events.filter(({ type }) => type === "test.start").map(({ path }) => path!.join(" > "));
  const expected = starts.map((name) => `${ends.get(name) ?? "crashed"} ${name}`).toSorted();
  const actual = verdictsOf(lastRun(cwd)).map((line) => line.replace(/^flaky /, "pass "));
  assert.deepEqual(actual.toSorted(), expected);
}

/** The same events, read by a 3pio that nobody kills, give the same reports. */
async function assertAsNeverKilled(
  context: TestContext,
  cwd: string,
  seed: number,
  reports: ReadonlyMap<string, string>,
): Promise<void> {
  const other = workFolder(context);
  const replay = [process.execPath, join(SUPPORT, "replay.js"), join(lastRun(cwd), "events"), `${seed}`];
  const outcome = await threepio(replay, { cwd: other });
  assert.equal(outcome.status, 0, described(outcome));
  const groups = (all: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
    new Map([...all].filter(([name]) => name !== "test-run.md"));
  assert.deepEqual(groups(reportsOf(lastRun(other))), groups(reports), described(outcome));
}

function journalBytes(run: string): number {
  const folder = join(run, "events");
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function kill(victim: ChildProcess | number): void {
  try {
    if (typeof victim === "number") process.kill(victim, "SIGKILL");
    else victim.kill("SIGKILL");
  } catch {
    // It had come to its end by itself.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
