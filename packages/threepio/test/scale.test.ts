import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { rawEvents } from "./support/events.ts";
import { assertWhole, described, lastRun, reportsOf, SYNTHETIC, threepio, workFolder } from "./support/threepio.ts";

const isHeavy = process.env["JN_TEST_HEAVY"] === "1";

const suites = [
  { tests: 100, writers: 1, isQuick: true },
  { tests: 1000, writers: 8, isQuick: true },
  { tests: 10_000, writers: 3, isQuick: true },
  { tests: 207_418, writers: 1, isQuick: false },
  { tests: 207_418, writers: 8, isQuick: false },
  { tests: 2_000_000, writers: 4, isQuick: false },
];

for (const { tests, writers, isQuick } of suites) {
  const skip = isQuick || isHeavy ? false : "runs with JN_TEST_HEAVY=1";
  test(
    `${tests} tests by ${writers} writers: written = read = reported, and rebuilt to the byte`,
    { skip, timeout: 1_800_000 },
    async (context) => {
      const cwd = workFolder(context);
      const outcome = await threepio([process.execPath, SYNTHETIC, `${tests}`, `${writers}`, "1"], { cwd });
      assert.equal(outcome.status, 0, described(outcome));
      assert.match(outcome.stdout, new RegExp(`^${tests} tests: `, "m"), described(outcome));
      const [, written, read] = /(\d+) written = (\d+) read, 0 bad lines/.exec(outcome.stdout) ?? [];
      assert.equal(written, read, described(outcome));
      await assertWhole(cwd);
      const before = reportsOf(lastRun(cwd));
      for (let time = 0; time < 2; time++) {
        rmSync(join(lastRun(cwd), "reports"), { recursive: true });
        const again = await threepio(["rebuild"], { cwd });
        assert.equal(again.status, 0, described(again));
        assertSame(reportsOf(lastRun(cwd)), before);
      }
      if (isQuick) assert.equal(rawEvents(lastRun(cwd)).length, Number(read), described(outcome));
      assert.ok(!existsSync(join(lastRun(cwd), ".index-1")), "the index is removed");
    },
  );
}

test(
  "a reader that takes one event at a time reports the same as one that takes all",
  { timeout: 120_000 },
  async (context) => {
    const [slow, fast] = [workFolder(context), workFolder(context)];
    const command = [process.execPath, SYNTHETIC, "500", "2", "7"];
    const first = await threepio(command, { cwd: slow, env: { THREEPIO_EVENT_BUFFER_SIZE: "1" } });
    assert.equal(first.status, 0, described(first));
    const second = await threepio(command, { cwd: fast });
    assert.equal(second.status, 0, described(second));
    const groups = (cwd: string): ReadonlyMap<string, string> =>
      new Map([...reportsOf(lastRun(cwd))].filter(([name]) => name !== "test-run.md"));
    assertSame(groups(slow), groups(fast));
  },
);

test("a buffer size that is none is refused before anything starts", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context);
  for (const value of ["abc", "-5", "0", "", "1.5", "10000000"]) {
    const outcome = await threepio(["node", "--version"], { cwd, env: { THREEPIO_EVENT_BUFFER_SIZE: value } });
    assert.equal(outcome.status, 2, described(outcome));
    assert.match(
      outcome.stderr,
      /THREEPIO_EVENT_BUFFER_SIZE is a whole number between 1 and 1000000/,
      described(outcome),
    );
    assert.ok(!existsSync(join(cwd, ".3pio")), described(outcome));
  }
});

test(
  "events of a newer schema: unknown types and fields are passed over, unknown statuses are no passes",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context, "journals");
    const run = join(cwd, "newer");
    const outcome = await threepio(["rebuild", "./newer"], { cwd });
    assert.equal(outcome.status, 0, described(outcome));
    const report = readFileSync(join(run, "reports/tests/a.md"), "utf8");
    assert.match(report, /^- ✓ pass: `known`/m, report);
    assert.match(report, /^- ✕ error: `of the future`/m, report);
    assert.match(report, /the status newborn is unknown/, report);
  },
);

test("a journal of schema 1 reads as it always did", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context, "journals");
  const outcome = await threepio(["rebuild", "./version-1"], { cwd });
  assert.equal(outcome.status, 0, described(outcome));
  assertSame(reportsOf(join(cwd, "version-1")), reportsOf(join(cwd, "version-1-reports")));
});

test("damage is stated in numbers, and costs only what is damaged", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context, "journals");
  cpSync(join(cwd, "damaged"), join(cwd, "copy"), { recursive: true });
  const outcome = await threepio(["verify", "./damaged"], { cwd });
  assert.equal(outcome.status, 3, described(outcome));
  for (const problem of [
    "worker: its writer did not get to the end; it was killed, or is still at work",
    "worker: the last line is cut off, 21 bytes",
    "worker: 2 events are missing",
    "worker: 1 lines are no events, at bytes 118-138",
  ]) {
    assert.ok(outcome.stdout.includes(problem), `${problem}\n${described(outcome)}`);
  }
  assert.match(outcome.stdout, /^2 verdicts: 1 failed, 1 passed$/m, described(outcome));
});

function assertSame(actual: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): void {
  assert.deepEqual([...actual.keys()], [...expected.keys()]);
  for (const [name, text] of expected) assert.equal(actual.get(name), text, name);
}
