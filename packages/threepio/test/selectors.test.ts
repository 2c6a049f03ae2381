// What failed is run again by the runner's own means: exactly that, with every real runner.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Collection } from "../src/run/collection.ts";
import { STREAMS } from "../src/runners/registry.ts";
import type { Rerun, RerunSource } from "../src/selectors/reruns.ts";
import type { ChosenTest } from "../src/selectors/selector.ts";
import { selectionsFor } from "../src/selectors/selectors.ts";
import { cargoEnvironment } from "./support/cargo.ts";
import { described, lastRun, packagesIn, threepio, verdictsOf, workFolder } from "./support/threepio.ts";

interface Case {
  readonly fixture: string;
  readonly command: readonly string[];
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly skip?: string | false;
  /** Verdicts of tests that the runner cannot leave out. */
  readonly also?: readonly string[];
}

const isHeavy = process.env["JN_TEST_HEAVY"] === "1";
const has = (...command: readonly string[]): boolean => spawnSync(command[0]!, command.slice(1)).status === 0;
const cargo = cargoEnvironment();
/** A worker process for each test that fails; the gate chooses among names that pass, below. */
const slow = { skip: isHeavy ? false : "runs with JN_TEST_HEAVY=1" } as const;
const pytest = { skip: has("python3", "-m", "pytest", "--version") ? false : "python3 has no pytest" } as const;

const CASES: readonly Case[] = [
  { fixture: "pytest", command: ["python3", "-m", "pytest", "-q", "outcomes_test.py", "plain_test.py"], ...pytest },
  {
    fixture: "node-test",
    command: [process.execPath, "--test", "outcomes.test.cjs", "exits.test.cjs"],
    // Tests come with the test that they are in; those of a group whose teardown failed with the group.
    also: [
      "pass outcomes.test.cjs > broken teardown > passes before it",
      "pass outcomes.test.cjs > parent > child",
      "pass outcomes.test.cjs > same title",
    ],
  },
  {
    fixture: "vitest",
    command: ["npx", "vitest", "run", "outcomes"],
    also: ["pass outcomes.test.mjs > broken teardown > passes before it", "pass outcomes.test.mjs > same title"],
    ...slow,
  },
  {
    fixture: "jest",
    // A teardown that failed is, for jest, an error of the whole file, which would run again as a whole.
    command: ["npx", "jest", "outcomes", "-t", "^(?!broken teardown)"],
    also: ["pass outcomes.test.js > same title"],
  },
  {
    fixture: "mocha",
    command: ["npx", "mocha", "outcomes.test.cjs", "second.test.cjs"],
    also: ["pass outcomes.test.cjs > broken teardown > passes before it", "pass outcomes.test.cjs > same title"],
  },
  { fixture: "playwright", command: ["npx", "playwright", "test", "outcomes", "second", "--retries=0"], ...slow },
  {
    fixture: "go",
    command: ["go", "test", "./sum"],
    skip: !has("go", "version") ? "there is no go" : isHeavy ? false : "building takes too long for the gate",
  },
  {
    fixture: "cargo",
    command: ["cargo", "test", "--no-fail-fast", "--offline"],
    env: cargo,
    skip:
      cargo === undefined ? "there is no cargo that works" : isHeavy ? false : "building takes too long for the gate",
  },
  {
    fixture: "cargo",
    command: ["cargo", "nextest", "run", "--no-fail-fast", "--offline"],
    env: cargo,
    skip:
      cargo === undefined || spawnSync("cargo", ["nextest", "--version"], { env: cargo }).status !== 0
        ? "there is no cargo-nextest"
        : isHeavy
          ? false
          : "building takes too long for the gate",
  },
];

for (const { fixture, command, env, skip = false, also = [] } of CASES) {
  test(
    `${fixture === "cargo" ? command.slice(0, 2).join(" ") : fixture}: what failed runs again, and nothing else`,
    { timeout: 300_000, skip },
    async (context) => {
      const cwd = workFolder(context, fixture);
      if (/^(?:vitest|jest|mocha|playwright)$/.test(fixture)) packagesIn(cwd);
      await threepio(command, { cwd, env });
      const first = verdictsOf(lastRun(cwd));
      const failed = first.filter((line) => /^(?:fail|error|crashed) /.test(line));
      assert.ok(failed.length >= 4, first.join("\n"));
      const { verdicts, shown } = await runAgain(rerunsIn(lastRun(cwd)), env);
      assert.deepEqual(namesOf(verdicts), namesOf([...failed, ...also]), shown);
    },
  );
}

const NAMES = [
  "plain",
  "a::b",
  "x[1]",
  "sp ace",
  "umläut ☃",
  "pipe|`tick`",
  "a.b*c",
  "(x)",
  "a > b",
  "$HOME \"'",
  "^$",
];

test("every name of a parametrised test can be chosen alone", { timeout: 300_000 }, async (context) => {
  const cwd = workFolder(context);
  packagesIn(cwd);
  const list = JSON.stringify(NAMES);
  writeFileSync(
    join(cwd, "names_test.py"),
    `import pytest\n@pytest.mark.parametrize("v", ${list})\ndef test_v(v):\n    pass\n`,
  );
  const each = `for (const name of ${list}) test(name, () => {});\n`;
  const grouped = `describe("group (1)", () => { ${each} });\n`;
  writeFileSync(join(cwd, "node.test.cjs"), `const { describe, test } = require("node:test");\n${grouped}`);
  writeFileSync(join(cwd, "jest.test.js"), grouped);
  writeFileSync(join(cwd, "vitest.test.mjs"), `import { describe, test } from "vitest";\n${grouped}`);
  writeFileSync(
    join(cwd, "names.spec.mjs"),
    `import { test } from "@playwright/test";\n${grouped.replace("describe", "test.describe")}`,
  );
  writeFileSync(join(cwd, "mocha.cjs"), `const test = it;\n${grouped}`);
  writeFileSync(join(cwd, "package.json"), '{ "jest": { "testMatch": ["**/jest.test.js"] } }');
  const commands = [
    ...(pytest.skip === false ? [["python3", "-m", "pytest", "names_test.py"]] : []),
    [process.execPath, "--test", "node.test.cjs"],
    ["npx", "jest"],
    ["npx", "vitest", "run", "vitest.test"],
    ["npx", "mocha", "mocha.cjs"],
    ["npx", "playwright", "test", "names.spec"],
  ];
  for (const command of commands) {
    await threepio(command, { cwd });
    const all = verdictsOf(lastRun(cwd));
    assert.equal(all.length, NAMES.length, all.join("\n"));
    // Every second name: those between would be seen.
    let count = 0;
    const reruns = rerunsIn(lastRun(cwd), ({ kind }) => kind === "test" && count++ % 2 === 0);
    const { verdicts, shown } = await runAgain(reruns, undefined);
    assert.equal(verdicts.length, Math.ceil(NAMES.length / 2), shown);
    // Reports quote names that have backticks with spaces around.
    const chosen = reruns.commands.flatMap(({ tests }) => tests.map(({ path }) => path.at(-1)!.replaceAll("`", "")));
    for (const name of chosen)
      assert.ok(
        verdicts.some((line) => line.trimEnd().endsWith(name)),
        `${name}\n${shown}`,
      );
  }
});

test("options of the first run come again, those that choose tests do not", { timeout: 60_000 }, (context) => {
  const cwd = workFolder(context);
  mkdirSync(join(cwd, "tests"));
  writeFileSync(join(cwd, "conf.ini"), "");
  writeFileSync(join(cwd, "package.json"), '{ "scripts": { "test": "vitest run --config v.ts --coverage src" } }');
  const tests: readonly ChosenTest[] = [{ path: ["tests/a", "b"] }];
  const commandOf = (runner: string, text: string): string => {
    const start = {
      type: "run.start",
      command: text.split(" "),
      started: [],
      cwd,
      runner,
      streams: [],
      pid: 1,
    } as const;
    return selectionsFor({ runner, cwd, root: undefined }, tests, start)!
      .map(({ command }) => command.join(" "))
      .join("; ");
  };
  assert.equal(
    commandOf("pytest", "uv run python3 -m pytest -c conf.ini -k x -q --runslow tests -p no:x -n 2 --tb=short --lf"),
    "uv run python3 -m pytest -c conf.ini -q --runslow -p no:x -n 2 --tb=short tests/a::b",
  );
  assert.equal(commandOf("vitest", "npm test"), "npx vitest run --config v.ts tests/a -t ^b$");
  assert.equal(commandOf("jest", "yarn jest --ci -t x --bail tests"), "yarn jest --ci -t ^b$ --runTestsByPath tests/a");
  assert.equal(commandOf("go test", "go test -race -run X -tags y ./..."), "go test -race -tags y -run ^b$ tests/a");
  assert.equal(
    commandOf("node:test", "node --import ./x.js --test --test-concurrency=1 tests"),
    "node --test --import ./x.js --test-concurrency=1 --test-name-pattern=^b$ tests/a",
  );
  assert.equal(
    commandOf("cargo test", "cargo +nightly test -p x --release --lib -- --nocapture"),
    "cargo +nightly test -p x --release -- --exact b",
  );
  assert.equal(
    commandOf("cargo nextest", "cargo nextest run -p x --lib -E test(c) --retries 2 d"),
    "cargo nextest run -p x --retries 2 -E (binary_id(=tests\\/a) and (test(=b)))",
  );
});

test("so many names that no command line holds them become several commands", { timeout: 60_000 }, () => {
  const tests = Array.from({ length: 5000 }, (_, at) => ({ path: ["a_test.py", `test_something_longer[${at}]`] }));
  const selections = selectionsFor({ runner: "pytest", cwd: "/", root: "/sub" }, tests, undefined)!;
  assert.ok(selections.length > 1);
  assert.deepEqual(
    selections.flatMap((selection) => selection.tests),
    tests,
  );
  for (const { command } of selections) assert.ok(command.join(" ").length < 100_000);
  assert.equal(selections[0]!.command[1], "sub/a_test.py::test_something_longer[0]");
});

interface Reruns {
  readonly commands: readonly Rerun[];
  readonly left: readonly ChosenTest[];
}

function rerunsIn(run: string, isChosen?: RerunSource["isChosen"]): Reruns {
  const collection = new Collection(realpathSync(run), STREAMS);
  while (collection.pull(10_000) > 0);
  collection.finish();
  try {
    const left: ChosenTest[] = [];
    return { commands: [...collection.reruns((test) => left.push(test), isChosen)], left };
  } finally {
    collection.close();
  }
}

/** Verdicts of tests that really ran: runners list those that were left out as skipped, or as to do. */
async function runAgain(
  { commands }: Reruns,
  env: NodeJS.ProcessEnv | undefined,
): Promise<{ readonly verdicts: readonly string[]; readonly shown: string }> {
  const verdicts: string[] = [];
  let shown = "";
  for (const { command, cwd } of commands) {
    const outcome = await threepio(["run", ...command], { cwd, env });
    shown += described(outcome);
    verdicts.push(...verdictsOf(lastRun(cwd)).filter((line) => !/^(?:skip|todo) /.test(line)));
  }
  return { verdicts, shown };
}

function namesOf(verdicts: readonly string[]): readonly string[] {
  return verdicts.map((line) => line.slice(line.indexOf(" ") + 1)).toSorted();
}
