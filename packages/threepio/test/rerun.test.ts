import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test, type TestContext } from "node:test";
import { writeJournal } from "./support/journals.ts";
import { described, packagesIn, threepio, workFolder } from "./support/threepio.ts";

const slow = process.env["JN_TEST_HEAVY"] === "1" ? false : "runs with JN_TEST_HEAVY=1";
const noPytest = spawnSync("python3", ["-m", "pytest", "--version"]).status === 0 ? false : "there is no pytest";

/** Titles that a shell, a pattern or a list could take for something else. */
const TITLES = [
  "plain",
  "umläut ☃ 日本語",
  "a.*b [x] (y) {z} ^$ | \\d",
  "'quotes' \"double\" `ticks` $HOME",
  "one > two",
  "-t",
  "p::q",
];

interface Suite {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly skip?: string | false;
}

/**
 * Of every title a test that passes and one that fails, and one in a group whose name is that of another in another group; without the
 * file `broken` all pass.
 */
function script(head: string, inOtherGroup = "same"): string {
  return `${head}
const broken = require("node:fs").existsSync("broken");
for (const title of ${JSON.stringify(TITLES)}) {
  test(title, () => { if (broken) throw new Error("broken"); });
  test(title + " passes", () => {});
}
describe("group (1)", () => {
  test("same", () => { if (broken) throw new Error("broken"); });
  test("other", () => {});
});
describe("group (2)", () => { test("${inOtherGroup}", () => {}); });
`;
}

const PYTEST = `import os, pytest
TITLES = ${JSON.stringify(TITLES)}
BROKEN = os.path.exists("broken")
@pytest.mark.parametrize("title", TITLES)
def test_fails(title):
    assert not BROKEN
@pytest.mark.parametrize("title", TITLES)
def test_passes(title):
    pass
class TestGroup:
    def test_same(self):
        assert not BROKEN
    def test_other(self):
        pass
`;

const SUITES: readonly Suite[] = [
  {
    name: "node:test",
    files: {
      // Its patterns know no groups in Node 20.
      "a.test.cjs": script('const { test, describe } = require("node:test");', "not the same"),
      "b c.test.cjs": script('const { test, describe } = require("node:test");', "not the same"),
    },
    command: [process.execPath, "--test", "a.test.cjs", "b c.test.cjs"],
  },
  {
    name: "jest",
    files: { "a.test.js": script(""), "b c.test.js": script(""), "package.json": "{}" },
    command: ["npx", "jest"],
    skip: slow,
  },
  {
    name: "mocha",
    files: { "a.test.cjs": script("const test = it;"), "b c.test.cjs": script("const test = it;") },
    command: ["npx", "mocha", "a.test.cjs", "b c.test.cjs"],
    skip: slow,
  },
  {
    name: "pytest",
    files: { "test_a.py": PYTEST, "test_b.py": PYTEST },
    command: ["python3", "-m", "pytest", "-q"],
    skip: noPytest,
  },
];

for (const { name, files, command, skip = false } of SUITES) {
  test(`rerun --failed, ${name}: exactly what failed, as one run`, { skip, timeout: 120_000 }, async (context) => {
    const cwd = suite(context, files);
    writeFileSync(join(cwd, "broken"), "");
    const first = await threepio(command, { cwd });
    assert.notEqual(first.status, 0, described(first));
    const failed = await titles(cwd, "fail");
    assert.equal(failed.length, 2 * (TITLES.length + 1), failed.join("\n"));
    const second = await threepio(["rerun", "--failed"], { cwd });
    assert.notEqual(second.status, 0, described(second));
    assert.deepEqual(await titles(cwd, "fail"), failed, described(second));
    assert.deepEqual(
      [...(await titles(cwd, "pass")), ...(await titles(cwd, "error"))],
      [],
      "what did not fail is not run: some runners list it as skipped",
    );
    assert.match(second.stdout, /^journal whole: /m, described(second));
    assert.equal(
      readdirSync(join(cwd, ".3pio/runs")).filter((id) => id !== "latest").length,
      2,
      "several commands are one run",
    );
    rmSync(join(cwd, "broken"));
    const third = await threepio(["rerun", "--failed"], { cwd });
    assert.equal(third.status, 0, described(third));
    assert.deepEqual(await titles(cwd, "pass"), failed, described(third));
    const nothing = await threepio(["rerun", "--failed"], { cwd });
    assert.equal(nothing.stdout, "nothing failed\n", described(nothing));
  });
}

function suite(context: TestContext, files: Readonly<Record<string, string>>): string {
  const cwd = workFolder(context);
  packagesIn(cwd);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(cwd, file), text);
  return cwd;
}

/** The tests of the last run, each with its path. */
async function titles(cwd: string, status: string): Promise<readonly string[]> {
  const outcome = await threepio(["records"], { cwd });
  assert.equal(outcome.status, 0, described(outcome));
  return outcome.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map(
      (line) =>
        JSON.parse(line) as {
          readonly kind: string;
          readonly status: string;
          readonly file: string;
          readonly groups: readonly string[];
          readonly name: string;
        },
    )
    .filter((record) => record.kind === "test" && record.status === status)
    .map(({ file, groups, name }) => JSON.stringify([file, ...groups, name]))
    .toSorted();
}

test("more failures than one command line holds: every one is in one command", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context);
  const names = Array.from({ length: 1234 }, (_, at) => `test_${at}[${"x".repeat(at % 80)}]`);
  const folder = writeJournal(
    cwd,
    names.map((name) => ({ type: "test.end", path: ["a_test.py", name], status: "fail", ms: 1 })),
    { command: ["pytest", "-q"] },
  );
  const outcome = await threepio(["rerun", "--failed", "--print", `./${relative(cwd, folder)}`], { cwd });
  assert.equal(outcome.status, 0, described(outcome));
  const commands = outcome.stdout.trim().split("\n");
  assert.ok(commands.length > 1, described(outcome));
  for (const command of commands) assert.ok(command.startsWith("pytest -q ") && command.length < 128 * 1024, command);
  const chosen = commands.flatMap((command) =>
    [...command.matchAll(/a_test\.py::(test_\d+\[x*\])/g)].map(([, name]) => name!),
  );
  assert.deepEqual(chosen.toSorted(), names.toSorted());
});
