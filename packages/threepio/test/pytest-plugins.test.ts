// pytest with the plugins that change how tests are run, and the suite of pandas. They are installed into a cache of the
// workspace, so all of this is heavy.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { assertWhole, described, execute, lastRun, threepio, verdictsOf, workFolder } from "./support/threepio.ts";

const skip = process.env["JN_TEST_HEAVY"] === "1" ? false : "runs with JN_TEST_HEAVY=1";
const CACHE = join(dirname(fileURLToPath(import.meta.url)), "../../../../node_modules/.cache/3pio-pytest");
const PYTHON = join(CACHE, "bin/python");
const PLUGINS = ["pytest==9.2.0", "pytest-xdist==3.8.0", "pytest-rerunfailures==16.7"];
const PANDAS = ["pandas==3.0.0", "hypothesis==6.170.15"];

async function install(packages: readonly string[]): Promise<void> {
  const cwd = process.cwd();
  if (!existsSync(PYTHON)) {
    const made = await execute(["python3", "-m", "venv", CACHE], { cwd });
    assert.equal(made.status, 0, described(made));
  }
  const installed = await execute([PYTHON, "-m", "pip", "install", "--quiet", ...packages], { cwd });
  assert.equal(installed.status, 0, described(installed));
}

test("pytest-rerunfailures: attempts before the last one are attempts", { skip, timeout: 600_000 }, async (context) => {
  await install(PLUGINS);
  const cwd = workFolder(context, "pytest");
  const outcome = await threepio([PYTHON, "-m", "pytest", "rerun_test.py"], { cwd });
  assert.equal(outcome.status, 1, described(outcome));
  assert.deepEqual(verdictsOf(lastRun(cwd)), [
    "fail rerun_test.py > test_fails_each_time",
    "flaky rerun_test.py > test_flaky",
  ]);
  const report = readFileSync(join(lastRun(cwd), "reports/rerun_test.py.md"), "utf8");
  assert.equal(report.match(/Attempt \d+: fail/g)?.length, 2, report);
  await assertWhole(cwd);
});

test(
  "pytest-xdist: the controller reports every test once, and the death of a worker",
  { skip, timeout: 600_000 },
  async (context) => {
    await install(PLUGINS);
    const cwd = workFolder(context, "pytest");
    const files = ["outcomes_test.py", "plain_test.py"];
    const one = await threepio([PYTHON, "-m", "pytest", ...files], { cwd });
    const alone = verdictsOf(lastRun(cwd));
    const many = await threepio([PYTHON, "-m", "pytest", "-n", "3", ...files], { cwd });
    assert.equal(many.status, one.status, described(many));
    assert.deepEqual(verdictsOf(lastRun(cwd)), alone, described(many));
    await assertWhole(cwd);
    const died = await threepio([PYTHON, "-m", "pytest", "-n", "2", "crash_test.py", "plain_test.py"], { cwd });
    assert.match(
      died.stdout,
      /^FAIL crash_test\.py > test_ends_the_process\n {2}worker '.*' crashed/m,
      described(died),
    );
    assert.match(died.stdout, /^5 tests: 1 failed, 4 passed/m, described(died));
    await assertWhole(cwd);
  },
);

test(
  "pandas, one folder of its tests: as many as its own JUnit XML has, twice the same",
  { skip, timeout: 1_800_000 },
  async (context) => {
    await install([...PLUGINS, ...PANDAS]);
    const cwd = workFolder(context);
    const runs: (readonly string[])[] = [];
    for (let time = 0; time < 2; time++) {
      const args = [
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--pyargs",
        "pandas.tests.tslibs",
        "--junitxml=own.xml",
      ];
      const outcome = await threepio([PYTHON, ...args], { cwd });
      await assertWhole(cwd);
      const xml = readFileSync(join(cwd, "own.xml"), "utf8");
      const own = (name: string): number => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(xml)![1]);
      const verdicts = verdictsOf(lastRun(cwd));
      const count = (...statuses: readonly string[]): number =>
        verdicts.filter((line) => statuses.some((status) => line.startsWith(`${status} `))).length;
      assert.deepEqual(
        [verdicts.length, count("fail"), count("error"), count("skip", "xfail")],
        [own("tests"), own("failures"), own("errors"), own("skipped")],
        described(outcome),
      );
      runs.push(verdicts);
    }
    assert.deepEqual(runs[1], runs[0]);
  },
);
