import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assertOutcomes } from "./support/outcomes.ts";
import {
  assertWhole,
  described,
  execute,
  lastRun,
  type Outcome,
  threepio,
  verdictsOf,
  workFolder,
} from "./support/threepio.ts";

const hasPytest = spawnSync("python3", ["-m", "pytest", "--version"]).status === 0;
const skip = hasPytest ? false : "python3 has no pytest";
const FILES = ["outcomes_test.py", "plain_test.py", "skipped_module_test.py", "surrogate_test.py"];
const BROKEN = ["broken_import_test.py", "--continue-on-collection-errors"];

test(
  "pytest: every test has one verdict, and the totals are the runner's own",
  { timeout: 60_000, skip },
  async (context) => {
    const cwd = workFolder(context, "pytest");
    const outcome = await threepio(["python3", "-m", "pytest", "--junitxml=own.xml", ...FILES, ...BROKEN], { cwd });
    assert.equal(outcome.status, 1, described(outcome));
    const xml = readFileSync(join(cwd, "own.xml"), "utf8");
    // One element a test, but two for a test that fails and then breaks in its teardown; and parts of tests have their own.
    const named = [...xml.matchAll(/<testcase classname="[^"]+" name="([^"]*)"/g)].map(([, name]) => name);
    const verdicts = verdictsOf(lastRun(cwd));
    assertOutcomes("pytest", verdicts, outcome.stdout);
    assert.equal(verdicts.length, new Set(named).size, described(outcome) + verdicts.join("\n"));
    const count = (status: string): number => verdicts.filter((line) => line.startsWith(`${status} `)).length;
    const log = readFileSync(join(lastRun(cwd), "output.log"), "utf8");
    const own = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(log.split("\n").at(-2)!)?.[1] ?? 0);
    // pytest counts a failed part of a test as failed, a test that broke in its teardown as passed and as an error, and a
    // module that skips itself or cannot be imported like a test.
    assert.deepEqual(
      [count("fail"), count("pass"), count("error"), count("skip"), count("xfail"), count("xpass")],
      [own("failed") - 1, own("passed") - 1, own("error") - 2, own("skipped") - 1, own("xfailed"), own("xpassed")],
      described(outcome) + log.slice(-2000),
    );
    await assertWhole(cwd);
  },
);

test("pytest: phases, reasons, output and places are in the reports", { timeout: 60_000, skip }, async (context) => {
  const cwd = workFolder(context, "pytest");
  const outcome = await threepio(["python3", "-m", "pytest", ...FILES, ...BROKEN], { cwd });
  const report = readFileSync(join(lastRun(cwd), "reports/outcomes_test.py.md"), "utf8");
  for (const part of [
    "- ✕ error: `test_setup_error`",
    "- ✕ error: `test_teardown_error`",
    "RuntimeError: the set-up failed",
    "Output (error in teardown):",
    "Reason: `not today`",
    "Reason: `known defect`",
    "- ! xpass: `test_unexpected_pass`",
    "- ✕ fail: `test_strict_unexpected_pass`",
    "Output (stdout call):\n  ```\n  printed before the failure",
    "Output (stderr call):\n  ```\n  a complaint",
    "## `TestGroup` > `TestInner`",
    "`test_parameter[a::b]`",
    String.raw`\u202eevil`,
    "- ✕ fail: part `number='1'`",
    "- ✓ pass: `test_changes_folder`",
    "- ✓ pass: `test_after_changed_folder`",
    "characters, which are in the journal",
  ]) {
    assert.ok(report.includes(part), `${part} is missing\n${report.slice(0, 20_000)}\n${described(outcome)}`);
  }
  assert.match(outcome.stdout, /^ERROR broken_import_test\.py\n {2}collection: .*there_is_no_such_module/m);
  assert.match(
    outcome.stdout,
    /^FAIL outcomes_test\.py > test_fails \(outcomes_test\.py:\d+\)\n {2}assert \(1 \+ 1\) == 3$/m,
  );
});

test(
  "pytest: a test that ends the process counts as crashed, and what was not run is said",
  { timeout: 60_000, skip },
  async (context) => {
    const cwd = workFolder(context, "pytest");
    const outcome = await threepio(["python3", "-m", "pytest", "crash_test.py"], { cwd });
    assert.equal(outcome.status, 7, described(outcome));
    assert.deepEqual(verdictsOf(lastRun(cwd)), [
      "crashed crash_test.py > test_ends_the_process",
      "pass crash_test.py > test_before_the_crash",
    ]);
    const verify = await threepio(["verify"], { cwd });
    assert.equal(verify.status, 3, described(verify));
    assert.match(verify.stdout, /its writer did not get to the end/);
    assert.match(verify.stdout, /3 tests were collected, 2 have a verdict: 1 were not run/, described(verify));
  },
);

test("pytest: what it prints is what it prints without 3pio", { timeout: 60_000, skip }, async (context) => {
  const cwd = workFolder(context, "pytest");
  const bare = await execute(["python3", "-m", "pytest", "-q", "plain_test.py"], { cwd });
  const outcome = await threepio(["python3", "-m", "pytest", "-q", "plain_test.py"], { cwd });
  const log = readFileSync(join(lastRun(cwd), "output.log"), "utf8");
  const timeless = (text: string): string => text.replaceAll(/in [\d.]+s/g, "in a while");
  assert.equal(timeless(log), timeless(bare.stdout), described(outcome satisfies Outcome));
});

test(
  "pytest: the command in a report runs that test again, and no other",
  { timeout: 60_000, skip },
  async (context) => {
    const cwd = workFolder(context, "pytest");
    await threepio(["python3", "-m", "pytest", "outcomes_test.py"], { cwd });
    const report = readFileSync(join(lastRun(cwd), "reports/outcomes_test.py.md"), "utf8");
    const [, command] = /Again: `(pytest '.*a::b.*')`/.exec(report) ?? [];
    assert.equal(command, "pytest 'outcomes_test.py::test_parameter[a::b]'", report.slice(0, 5000));
    const again = await threepio(["bash", "-c", `python3 -m ${command}`], { cwd });
    assert.deepEqual(verdictsOf(lastRun(cwd)), ["fail outcomes_test.py > test_parameter[a::b]"], described(again));
  },
);

test("pytest: a test that is interrupted has not passed", { timeout: 60_000, skip }, async (context) => {
  const cwd = workFolder(context, "pytest");
  const outcome = await threepio(["python3", "-m", "pytest", "interrupt_test.py"], { cwd });
  assert.equal(outcome.status, 2, described(outcome));
  assert.deepEqual(verdictsOf(lastRun(cwd)), [
    "crashed interrupt_test.py > test_is_interrupted",
    "pass interrupt_test.py > test_before",
  ]);
  assert.match(outcome.stdout, /3 tests were collected, 2 have a verdict: 1 were not run/, described(outcome));
  await assertWhole(cwd);
});

test(
  "pytest: reports that a plugin has made a mess of still have their verdicts",
  { timeout: 60_000, skip },
  async (context) => {
    const cwd = workFolder(context, "pytest-hostile");
    const command = ["python3", "-m", "pytest", "-p", "no:terminal"];
    const bare = await execute(command, { cwd });
    const outcome = await threepio(command, { cwd });
    assert.equal(outcome.status, bare.status, described(outcome));
    assert.deepEqual(verdictsOf(lastRun(cwd)), [
      "fail hostile_test.py > test_unprintable",
      "pass hostile_test.py > test_after_all",
      "pass hostile_test.py > test_nan_duration",
      "pass hostile_test.py > test_no_duration",
      "pass hostile_test.py > test_strange_sections",
    ]);
    const log = readFileSync(join(lastRun(cwd), "output.log"), "utf8");
    assert.match(log, /this is a defect in 3pio, please report it: RuntimeError: this cannot be shown/);
    await assertWhole(cwd);
  },
);
