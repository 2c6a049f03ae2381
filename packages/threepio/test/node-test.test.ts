import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assertOutcomes } from "./support/outcomes.ts";
import { assertWhole, described, execute, lastRun, threepio, verdictsOf, workFolder } from "./support/threepio.ts";

const FILES = ["outcomes.test.cjs", "exits.test.cjs", "broken-import.test.cjs", "empty.test.cjs"];

test(
  "node:test: every test has one verdict, and the totals are the runner's own",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context, "node-test");
    const bare = await execute([process.execPath, "--test", "--test-reporter=tap", ...FILES], { cwd });
    const outcome = await threepio([process.execPath, "--test", ...FILES], { cwd });
    assert.equal(outcome.status, bare.status, described(outcome));
    const own = (name: string): number => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(bare.stdout)![1]);
    const verdicts = verdictsOf(lastRun(cwd));
    assertOutcomes("node:test", verdicts, outcome.stdout);
    const count = (status: string): number => verdicts.filter((line) => line.startsWith(`${status} `)).length;
    assert.deepEqual(
      [verdicts.length, count("pass"), count("fail"), count("skip"), count("todo")],
      [own("tests"), own("pass"), own("fail") + own("cancelled"), own("skipped"), own("todo")],
      described(outcome) + verdicts.join("\n"),
    );
    await assertWhole(cwd);
  },
);

test("node:test: names, groups, hooks and messages are in the reports", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context, "node-test");
  const outcome = await threepio([process.execPath, "--test", ...FILES], { cwd });
  const report = readFileSync(join(lastRun(cwd), "reports/outcomes.test.cjs.md"), "utf8");
  for (const part of [
    "## `suite` > `deeper`",
    "Reason: `changed its mind`",
    "the set-up failed",
    "the teardown failed",
    "the child failed",
    "test timed out after 50ms",
    "printed by a test that passes",
    "`same title` (2)",
    "`umläut ☃`",
    String.raw`\u202eevil`,
    "``pipe|`tick` ``".replace("``p", "`` p"),
    "expected: 3\n  actual: 2",
    "characters, which are in the journal",
    "At `outcomes.test.cjs:7`",
  ]) {
    assert.ok(report.includes(part), `${part} is missing\n${report.slice(0, 20_000)}\n${described(outcome)}`);
  }
  assert.ok(!report.includes("\u001b"), "an escape sequence is in the report");
  assert.match(outcome.stdout, /^FAIL outcomes\.test\.cjs > suite > fails \(outcomes\.test\.cjs:7\)\n {2}2 == 3$/m);
});

test("node:test: the user's own reporters still write", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context, "node-test");
  const own = ["--test-reporter=tap", "--test-reporter-destination=own.tap"];
  const outcome = await threepio([process.execPath, "--test", ...own, "outcomes.test.cjs"], { cwd });
  const tap = readFileSync(join(cwd, "own.tap"), "utf8");
  assert.match(tap, /^TAP version 13/, described(outcome));
  assert.match(tap, /^# tests \d+$/m, described(outcome));
  await assertWhole(cwd);
});

test(
  "node:test behind npm test: the script is recognised, and its tests reported",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context, "npm-node-test");
    const outcome = await threepio(["npm", "test"], { cwd });
    assert.equal(outcome.status, 1, described(outcome));
    assert.deepEqual(verdictsOf(lastRun(cwd)), ["fail sum.test.cjs > fails", "pass sum.test.cjs > passes"]);
    await assertWhole(cwd);
  },
);

test("a test runner that a test starts does not report into the run", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context, "nested-node-test");
  const outcome = await threepio([process.execPath, "--test", "outer.test.cjs"], { cwd });
  assert.equal(outcome.status, 0, described(outcome));
  assert.deepEqual(verdictsOf(lastRun(cwd)), ["pass outer.test.cjs > starts another run"]);
});

test("node:test: the command in a report runs that test again", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context, "npm-node-test");
  await threepio([process.execPath, "--test", "sum.test.cjs"], { cwd });
  const report = readFileSync(join(lastRun(cwd), "reports/sum.test.cjs.md"), "utf8");
  const [, command] = /Again: `(.*)`/.exec(report) ?? [];
  assert.equal(command, "node --test '--test-name-pattern=^fails$' sum.test.cjs", report);
  const again = await threepio(["bash", "-c", command], { cwd });
  assert.equal(again.status, 1, described(again));
  assert.ok(verdictsOf(lastRun(cwd)).includes("fail sum.test.cjs > fails"), described(again));
});
