import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assertOutcomes } from "./support/outcomes.ts";
import {
  assertWhole,
  described,
  lastRun,
  type Outcome,
  packagesIn,
  threepio,
  verdictsOf,
  workFolder,
} from "./support/threepio.ts";

/** Counts verdicts, and reads what the runner printed itself. */
function account(cwd: string): {
  readonly count: (...statuses: readonly string[]) => number;
  readonly own: (pattern: RegExp) => number;
  readonly report: string;
} {
  const run = lastRun(cwd);
  const verdicts = verdictsOf(run);
  const log = readFileSync(join(run, "output.log"), "utf8");
  const reports = join(run, "reports");
  const names = ["outcomes.test.mjs", "outcomes.test.js", "outcomes.test.cjs"];
  const report = names.map((name) => join(reports, `${name}.md`)).find((path) => existsSync(path));
  return {
    count: (...statuses) => verdicts.filter((line) => statuses.some((status) => line.startsWith(`${status} `))).length,
    own: (pattern) => Number(pattern.exec(log)?.[1] ?? 0),
    report: report === undefined ? "" : readFileSync(report, "utf8"),
  };
}

function assertParts(text: string, parts: readonly string[], outcome: Outcome): void {
  for (const part of parts)
    assert.ok(text.includes(part), `${part} is missing\n${text.slice(0, 20_000)}\n${described(outcome)}`);
}

const HOSTILE = [
  "`umläut ☃`",
  String.raw`\u202eevil`,
  "`` pipe|`tick` ``",
  "`a > b`",
  "`..`",
  "`<b>bold</b>`",
  "`same title` (2)",
];

test("vitest: totals are its own, and its own reporters still write", { timeout: 180_000 }, async (context) => {
  const cwd = workFolder(context, "vitest");
  packagesIn(cwd);
  const outcome = await threepio(["npx", "vitest", "run", "outcomes", "broken", "exits"], { cwd });
  assert.equal(outcome.status, 1, described(outcome));
  const { count, own, report } = account(cwd);
  assert.deepEqual(
    [count("fail"), count("pass", "flaky", "xfail"), count("skip"), count("todo")],
    [
      own(/Tests .*?(\d+) failed/),
      own(/Tests .*?(\d+) passed/),
      own(/Tests .*?(\d+) skipped/),
      own(/Tests .*?(\d+) todo/),
    ],
    described(outcome),
  );
  assert.equal(count("flaky"), 1, described(outcome));
  assertOutcomes("vitest", verdictsOf(lastRun(cwd)), outcome.stdout);
  const parts = [
    "xfail: `is expected to fail`",
    "Reason: `changed its mind`",
    "the set-up failed",
    "the teardown failed",
  ];
  assertParts(report, [...HOSTILE, ...parts, "Attempt 1: fail", "the first try failed", "expected: 3"], outcome);
  assert.match(outcome.stdout, /^ERROR broken-import\.test\.mjs/m, described(outcome));
  assert.match(readFileSync(join(cwd, "own.xml"), "utf8"), /^<\?xml/);
  await assertWhole(cwd);
});

test(
  "jest: totals are its own, retries are attempts, and its own reporters still write",
  { timeout: 180_000 },
  async (context) => {
    const cwd = workFolder(context, "jest");
    packagesIn(cwd);
    const outcome = await threepio(["npm", "test", "--", "outcomes", "retries", "broken"], { cwd });
    assert.equal(outcome.status, 1, described(outcome));
    const { count, own, report } = account(cwd);
    assert.deepEqual(
      [count("fail"), count("pass", "flaky"), count("skip"), count("todo")],
      [
        own(/^Tests: .*?(\d+) failed/m),
        own(/^Tests: .*?(\d+) passed/m),
        own(/^Tests: .*?(\d+) skipped/m),
        own(/^Tests: .*?(\d+) todo/m),
      ],
      described(outcome),
    );
    assert.equal(count("flaky"), 1, described(outcome));
    assertOutcomes("jest", verdictsOf(lastRun(cwd)), outcome.stdout);
    assertParts(
      report,
      [...HOSTILE, "the set-up failed", "the teardown failed", "printed by a test that passes"],
      outcome,
    );
    assert.match(outcome.stdout, /^ERROR broken-import\.test\.js .*\n.*there-is-no-such-module/m, described(outcome));
    assert.equal(readFileSync(join(cwd, "own.txt"), "utf8"), "26 tests");
    await assertWhole(cwd);
  },
);

test("jest: a test that ends the process counts as crashed", { timeout: 180_000 }, async (context) => {
  const cwd = workFolder(context, "jest");
  packagesIn(cwd);
  const outcome = await threepio(["npx", "jest", "exits"], { cwd });
  assert.equal(outcome.status, 3, described(outcome));
  assert.deepEqual(verdictsOf(lastRun(cwd)), [
    "crashed exits.test.js > ends the process",
    "pass exits.test.js > passes before the end",
  ]);
});

for (const mode of ["serial", "parallel"]) {
  test(`mocha, ${mode}: totals are its own, and its reporter stays`, { timeout: 180_000 }, async (context) => {
    const cwd = workFolder(context, "mocha");
    packagesIn(cwd);
    const flags = mode === "parallel" ? ["--parallel"] : [];
    const files = ["outcomes.test.cjs", "second.test.cjs"];
    const outcome = await threepio(["npx", "mocha", ...flags, ...files], { cwd });
    const { count, own, report } = account(cwd);
    // Three hooks fail, which mocha counts like tests; it says nothing of tests that were not run because of them, one of which is
    // skipped.
    assert.deepEqual(
      [count("fail"), count("pass", "flaky"), count("skip", "todo"), outcome.status],
      [own(/(\d+) failing/) - 3, own(/(\d+) passing/), own(/(\d+) pending/) + 1, own(/(\d+) failing/)],
      described(outcome),
    );
    assert.equal(count("flaky"), 1, described(outcome));
    assert.equal(count("crashed"), 0, described(outcome));
    const parts = ["the set-up failed", "the teardown failed", "Attempt 1: fail", "✕ error: `has no verdict`"];
    assertParts(report, [...HOSTILE, ...parts], outcome);
    const verdicts = verdictsOf(lastRun(cwd));
    assertOutcomes("mocha", verdicts, outcome.stdout);
    for (const line of [
      "pass second.test.cjs > second file > passes",
      "error outcomes.test.cjs > broken set-up of a group > deeper > is never run either",
      "skip outcomes.test.cjs > broken set-up of a group > is skipped",
    ]) {
      assert.ok(verdicts.includes(line), `${line}\n${verdicts.join("\n")}\n${described(outcome)}`);
    }
    await assertWhole(cwd);
  });
}

test(
  "mocha: a test that ends the process counts as crashed, those after it as not run",
  { timeout: 180_000 },
  async (context) => {
    const cwd = workFolder(context, "mocha");
    packagesIn(cwd);
    const outcome = await threepio(["npx", "mocha", "exits.test.cjs"], { cwd });
    assert.equal(outcome.status, 3, described(outcome));
    assert.match(outcome.stdout, /^CRASHED exits\.test\.cjs > ends the process$/m, described(outcome));
    assert.match(outcome.stdout, /3 tests were collected, 2 have a verdict: 1 were not run/, described(outcome));
  },
);

test(
  "playwright: every outcome, projects, retries, and its own reporters still write",
  { timeout: 180_000 },
  async (context) => {
    const cwd = workFolder(context, "playwright");
    packagesIn(cwd);
    const outcome = await threepio(["npx", "playwright", "test", "outcomes", "second"], { cwd });
    assert.equal(outcome.status, 1, described(outcome));
    const log = readFileSync(join(lastRun(cwd), "output.log"), "utf8");
    const own = (word: string): number => Number(new RegExp(`^ +(\\d+) ${word}`, "m").exec(log)?.[1] ?? 0);
    const { count } = account(cwd);
    assert.deepEqual(
      [count("fail"), count("flaky"), count("pass", "xfail"), count("skip")],
      [own("failed"), own("flaky"), own("passed"), own("skipped")],
      described(outcome) + log,
    );
    const verdicts = verdictsOf(lastRun(cwd));
    assertOutcomes("playwright", verdicts, outcome.stdout);
    assert.ok(verdicts.includes("pass [two] second.spec.mjs > passes in both projects"), verdicts.join("\n"));
    assert.match(
      outcome.stdout,
      /broken set-up > fails before it begins .*\n {2}Error: the set-up failed/,
      described(outcome),
    );
    assert.match(readFileSync(join(cwd, "own.xml"), "utf8"), /^<testsuites/);
    await assertWhole(cwd);
  },
);

test(
  "playwright: a file that cannot be imported is an error, and nothing is run",
  { timeout: 180_000 },
  async (context) => {
    const cwd = workFolder(context, "playwright");
    packagesIn(cwd);
    const outcome = await threepio(["npx", "playwright", "test", "broken", "second"], { cwd });
    assert.equal(outcome.status, 1, described(outcome));
    assert.match(outcome.stdout, /^ERROR .*\n {2}load: .*there-is-no-such-module/m, described(outcome));
  },
);

test("a mode that never ends is refused before anything starts", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context);
  for (const command of ["vitest --watch", "jest --watchAll", "mocha -w", "node --test --watch", "npx vitest watch"]) {
    const outcome = await threepio(command.split(" "), { cwd });
    assert.equal(outcome.status, 2, described(outcome));
    assert.match(outcome.stderr, /run the tests once instead/, described(outcome));
    assert.ok(!existsSync(join(cwd, ".3pio")), described(outcome));
  }
  for (const command of ["jest --watchAll=false --version", "npm -w packages/ptw --version"]) {
    const outcome = await threepio(["explain", "--", ...command.split(" ")], { cwd });
    assert.equal(outcome.status, 0, described(outcome));
  }
});
