import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cargoEnvironment } from "./support/cargo.ts";
import { assertOutcomes } from "./support/outcomes.ts";
import { assertWhole, described, lastRun, threepio, verdictsOf, workFolder } from "./support/threepio.ts";

const isHeavy = process.env["JN_TEST_HEAVY"] === "1";
const has = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;
const noGo = has("go") ? (isHeavy ? false : "building four packages takes too long for the gate") : "there is no go";
const cargo = cargoEnvironment();
const hasNextest = cargo !== undefined && spawnSync("cargo", ["nextest", "--version"], { env: cargo }).status === 0;
const noNextest = hasNextest ? false : "there is no cargo-nextest";
const FLAKY = `#[test]
fn flaky() {
    if !std::fs::exists("tried").unwrap() {
        std::fs::write("tried", "").unwrap();
        panic!("the first time");
    }
}

#[test]
#[ignore]
fn ignored() {}
`;
const noCargo = cargo === undefined ? "there is no cargo that works" : false;

test(
  "go test: every outcome, and what people read is what go prints",
  { timeout: 300_000, skip: noGo },
  async (context) => {
    const cwd = workFolder(context, "go");
    const outcome = await threepio(["go", "test", "./..."], { cwd });
    assert.equal(outcome.status, 1, described(outcome));
    const verdicts = verdictsOf(lastRun(cwd));
    assertOutcomes("go test", verdicts, outcome.stdout);
    const log = readFileSync(join(lastRun(cwd), "output.log"), "utf8");
    const own = (word: string): number => log.match(new RegExp(`^ *--- ${word}: `, "gm"))?.length ?? 0;
    const count = (status: string): number => verdicts.filter((line) => line.startsWith(`${status} `)).length;
    assert.deepEqual(
      [count("pass"), count("fail"), count("skip"), count("crashed")],
      [own("PASS"), own("FAIL"), own("SKIP"), 1],
      described(outcome) + verdicts.join("\n"),
    );
    assert.match(log, /^FAIL\texample\.com\/fixture\/sum\t/m);
    assert.match(outcome.stdout, /^ERROR example\.com\/fixture\/broken\n {2}build: .*undefined: undefined$/m);
    assert.match(
      outcome.stdout,
      /^FAIL example\.com\/fixture\/sum > TestFails \(sum_test\.go:\d+\)\n {2}got 2, want 3$/m,
    );
    await assertWhole(cwd);
    const rebuilt = readFileSync(join(lastRun(cwd), "test-run.md"), "utf8");
    const again = await threepio(["rebuild"], { cwd });
    assert.equal(again.status, 0, described(again));
    assert.equal(readFileSync(join(lastRun(cwd), "test-run.md"), "utf8"), rebuilt);
  },
);

test(
  "cargo test: totals are its own, with the messages of failures",
  { timeout: 300_000, skip: noCargo },
  async (context) => {
    const cwd = workFolder(context, "cargo");
    const outcome = await threepio(["cargo", "test", "--no-fail-fast", "--offline"], { cwd, env: cargo });
    assert.equal(outcome.status, 101, described(outcome));
    const log = readFileSync(join(lastRun(cwd), "output.log"), "utf8");
    const own = (word: string): number =>
      [...log.matchAll(new RegExp(`(\\d+) ${word};`, "g"))].reduce((sum, [, n]) => sum + Number(n), 0);
    const verdicts = verdictsOf(lastRun(cwd));
    assertOutcomes("cargo test", verdicts, outcome.stdout);
    const count = (status: string): number => verdicts.filter((line) => line.startsWith(`${status} `)).length;
    assert.deepEqual(
      [count("pass"), count("fail"), count("skip")],
      [own("passed"), own("failed"), own("ignored")],
      described(outcome) + verdicts.join("\n"),
    );
    assert.match(outcome.stdout, /tests > fails \(src\/lib\.rs:24\)\n {2}assertion/, described(outcome));
    assert.match(
      outcome.stdout,
      /tests > deeper > returns_an_error\n {2}Error: "an error came back"/,
      described(outcome),
    );
    await assertWhole(cwd);
  },
);

test(
  "cargo test: a crate that does not compile is an error with its place",
  { timeout: 300_000, skip: noCargo },
  async (context) => {
    const cwd = workFolder(context, "cargo-broken");
    const outcome = await threepio(["cargo", "test", "--offline"], { cwd, env: cargo });
    assert.equal(outcome.status, 101, described(outcome));
    assert.match(outcome.stdout, /^ERROR \(cargo\)(?: \(src\/lib\.rs:3\))?\n {2}compile: error/m, described(outcome));
  },
);

test(
  "cargo nextest: totals are its own, tries are attempts, ignored tests are skipped, and compile errors have their place",
  { timeout: 300_000, skip: noNextest },
  async (context) => {
    const cwd = workFolder(context, "cargo");
    writeFileSync(join(cwd, "tests/flaky.rs"), FLAKY);
    const run = ["cargo", "nextest", "run", "--offline"];
    const outcome = await threepio([...run, "--no-fail-fast", "--retries", "1"], { cwd, env: cargo });
    assert.equal(outcome.status, 100, described(outcome));
    const verdicts = verdictsOf(lastRun(cwd));
    assertOutcomes("cargo nextest", verdicts, outcome.stdout);
    const log = readFileSync(join(lastRun(cwd), "output.log"), "utf8");
    const [, ran, passed, flaky, failed, skipped] =
      /Summary .* (\d+) tests run: (\d+) passed \((\d+) flaky\), (\d+) failed, (\d+) skipped/.exec(log) ?? [];
    const count = (...statuses: readonly string[]): number =>
      verdicts.filter((line) => statuses.some((status) => line.startsWith(`${status} `))).length;
    assert.deepEqual(
      [count("pass", "flaky", "fail"), count("pass", "flaky"), count("flaky"), count("fail"), count("skip")].map(
        String,
      ),
      [ran, passed, flaky, failed, skipped],
      described(outcome) + verdicts.join("\n") + log,
    );
    assert.ok(verdicts.includes("flaky fixture::flaky > flaky") && verdicts.includes("skip fixture::flaky > ignored"));
    assert.match(outcome.stdout, /tests > fails \(src\/lib\.rs:24\)\n {2}assertion/, described(outcome));
    await assertWhole(cwd);
    const broken = workFolder(context, "cargo-broken");
    const refused = await threepio(run, { cwd: broken, env: cargo });
    assert.equal(refused.status, 101, described(refused));
    assert.match(refused.stdout, /^ERROR \(cargo\)(?: \(src\/lib\.rs:3\))?\n {2}compile: error/m, described(refused));
    assert.match(refused.stdout, /errors outside of tests: 1;/, described(refused));
  },
);

test(
  "cargo nextest: what 0.9.151 has printed is read, also when it was cut off",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context, "nextest");
    const whole = await threepio(["run", "--runner", "cargo nextest", "cat", "output.txt"], { cwd });
    assert.equal(whole.status, 0, described(whole));
    const verdicts = verdictsOf(lastRun(cwd));
    assert.match(whole.stdout, /^12 tests: 3 failed, 7 passed, 1 of them flaky, 2 skipped/m, described(whole));
    assert.ok(verdicts.includes("flaky fixture::flaky > flaky") && verdicts.includes("skip fixture::flaky > ignored"));
    assert.match(
      whole.stdout,
      /does_not_panic\n {2}test did not panic as expected at src\/lib\.rs:39:8/,
      described(whole),
    );
    await assertWhole(cwd);
    const cut = await threepio(["run", "--runner", "cargo nextest", "head", "-n", "4", "output.txt"], { cwd });
    // Two tests begin in its first four lines, and one of them ends.
    assert.match(cut.stdout, /^2 tests: 1 crashed, 1 passed/m, described(cut));
  },
);

test("TAP of any program: every outcome, subtests and plans", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context, "tap");
  const outcome = await threepio(["run", "--runner", "tap", process.execPath, "print.cjs"], { cwd });
  assert.equal(outcome.status, 1, described(outcome));
  assert.deepEqual(verdictsOf(lastRun(cwd)), [
    "fail TAP > fails",
    "fail TAP > group > inner two",
    "pass TAP > group > inner one",
    "pass TAP > passes",
    "pass TAP > same title",
    "pass TAP > same title (2)",
    "pass TAP > umläut ☃ # not a directive",
    "skip TAP > is skipped",
    "todo TAP > is to do",
  ]);
  assert.match(outcome.stdout, /^FAIL TAP > fails \(lib\/sum\.js:12\)\n {2}expected 3$/m, described(outcome));
});

test("TAP of node:test itself has as many tests as its own reporter says", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context, "npm-node-test");
  const args = ["--test", "--test-reporter=tap", "sum.test.cjs"];
  const outcome = await threepio(["run", "--runner", "tap", process.execPath, ...args], { cwd });
  assert.equal(outcome.status, 1, described(outcome));
  assert.deepEqual(
    verdictsOf(lastRun(cwd)).filter((line) => line.includes("TAP")),
    ["fail TAP > fails", "pass TAP > passes"],
  );
});

test(
  "JUnit XML of any program is read at its end; files of an earlier run are not",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context, "junit");
    const outcome = await threepio(["run", "--junit", "reports", process.execPath, "write.cjs"], { cwd });
    assert.equal(outcome.status, 1, described(outcome));
    assert.deepEqual(verdictsOf(lastRun(cwd)), [
      "error suite > a.B > breaks",
      "fail suite > a.B > fails & <escapes>",
      "flaky suite > a.B > is flaky",
      "pass suite > a.B > passes",
      "skip suite > a.B > is skipped",
    ]);
    const none = await threepio(["run", "--junit", "reports", process.execPath, "-e", ""], { cwd });
    assert.match(none.stderr, /has written no JUnit XML at reports/, described(none));
  },
);
