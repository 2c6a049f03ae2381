// The other majors of each runner that the guide names, installed into a cache of the workspace: heavy, npm run test:heavy.
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  assertWhole,
  described,
  execute,
  lastRun,
  PROGRAM,
  threepio,
  verdictsOf,
  workFolder,
} from "./support/threepio.ts";

const skip = process.env["JN_TEST_HEAVY"] === "1" ? false : "runs with JN_TEST_HEAVY=1";
const CACHE = join(dirname(fileURLToPath(import.meta.url)), "../../../../node_modules/.cache/3pio-majors");

interface Case {
  readonly runner: string;
  readonly majors: readonly string[];
  readonly fixture: string;
  readonly command: readonly string[];
  /** The runner's own count of a verdict; it may count more than tests. */
  readonly own: Readonly<Record<string, RegExp>>;
  readonly more?: Readonly<Record<string, number>>;
  readonly verdicts: readonly string[];
}

const CASES: readonly Case[] = [
  {
    runner: "vitest",
    majors: ["3.0.9", "4"],
    fixture: "vitest",
    command: ["npx", "vitest", "run", "outcomes", "broken"],
    own: { fail: /Tests .*?(\d+) failed/, skip: /Tests .*?(\d+) skipped/, todo: /Tests .*?(\d+) todo/ },
    verdicts: ["flaky outcomes.test.mjs > is flaky", "xfail outcomes.test.mjs > is expected to fail"],
  },
  {
    runner: "jest",
    majors: ["28", "30"],
    fixture: "jest",
    command: ["npx", "jest", "outcomes", "retries", "broken"],
    own: {
      fail: /^Tests: .*?(\d+) failed/m,
      skip: /^Tests: .*?(\d+) skipped/m,
      todo: /^Tests: .*?(\d+) todo/m,
    },
    verdicts: ["flaky retries.test.js > is flaky", "fail outcomes.test.js > broken set-up of a group > is never run"],
  },
  ...["", "--parallel"].map((mode) => ({
    runner: "mocha",
    majors: ["8", "9", "10"],
    fixture: "mocha",
    command: ["npx", "mocha", ...(mode === "" ? [] : [mode]), "outcomes.test.cjs", "second.test.cjs"],
    // Hooks that fail count like tests; skipped tests of a group whose hook failed do not.
    own: { fail: /(\d+) failing/, skip: /(\d+) pending/ },
    more: { fail: -3, skip: 1 },
    verdicts: [
      "flaky outcomes.test.cjs > is flaky",
      "error outcomes.test.cjs > broken set-up of a group > deeper > is never run either",
    ],
  })),
];

for (const { runner, majors, fixture, command, own, more = {}, verdicts } of CASES) {
  for (const major of majors) {
    test(`${runner} ${major}: ${command.join(" ")}`, { skip, timeout: 600_000 }, async (context) => {
      const cwd = workFolder(context, fixture);
      symlinkSync(join(await installed(`${runner}@${major}`), "node_modules"), join(cwd, "node_modules"));
      const bare = await execute(command, { cwd });
      const outcome = await execute([process.execPath, program(), ...command], { cwd });
      assert.equal(outcome.status, bare.status, described(bare) + described(outcome));
      const log = readFileSync(join(lastRun(cwd), "output.log"), "utf8");
      const found = verdictsOf(lastRun(cwd));
      for (const [status, pattern] of Object.entries(own)) {
        const theirs = Number(pattern.exec(log)?.[1] ?? 0) + (more[status] ?? 0);
        const ours = found.filter((line) => line.startsWith(`${status} `)).length;
        assert.equal(ours, theirs, `${status}\n${found.join("\n")}\n${described(outcome)}\n${log.slice(-3000)}`);
      }
      for (const line of verdicts) assert.ok(found.includes(line), `${line}\n${found.join("\n")}`);
      const [, version] = new RegExp(`^runner: ${runner} (\\d+)`, "m").exec(reportOf(cwd)) ?? [];
      assert.equal(version, major.split(".")[0], reportOf(cwd));
      await assertWhole(cwd);
    });
  }
}

for (const major of ["7", "8"]) {
  test(`pytest ${major}: totals are its own`, { skip, timeout: 600_000 }, async (context) => {
    const folder = join(CACHE, `pytest-${major}`);
    const python = join(folder, "bin/python");
    if (!existsSync(python)) {
      for (const command of [
        ["python3", "-m", "venv", folder],
        [python, "-m", "pip", "install", "--quiet", `pytest==${major}.*`],
      ]) {
        const made = await execute(command, { cwd: process.cwd() });
        assert.equal(made.status, 0, described(made));
      }
    }
    const cwd = workFolder(context, "pytest");
    const files = ["outcomes_test.py", "plain_test.py", "skipped_module_test.py", "surrogate_test.py"];
    const outcome = await threepio([python, "-m", "pytest", "--junitxml=own.xml", ...files], { cwd });
    assert.equal(outcome.status, 1, described(outcome));
    const xml = readFileSync(join(cwd, "own.xml"), "utf8");
    const named = [...xml.matchAll(/<testcase classname="[^"]+" name="([^"]*)"/g)].map(([, name]) => name);
    const found = verdictsOf(lastRun(cwd));
    assert.equal(found.length, new Set(named).size, described(outcome) + found.join("\n"));
    for (const line of [
      "error outcomes_test.py > test_setup_error",
      "xfail outcomes_test.py > test_expected_failure",
    ]) {
      assert.ok(found.includes(line), `${line}\n${found.join("\n")}`);
    }
    await assertWhole(cwd);
  });
}

/** The program where packages are installed: runners treat files in `node_modules` in their own way. */
function program(): string {
  const folder = join(CACHE, "installed/node_modules/3pio/dist");
  for (const name of ["bin", "reporters"]) {
    cpSync(join(dirname(PROGRAM), "..", name), join(folder, name), { recursive: true });
  }
  return join(folder, "bin/3pio.cjs");
}

function reportOf(cwd: string): string {
  return readFileSync(join(lastRun(cwd), "test-run.md"), "utf8");
}

/** A folder with this package in its node_modules. */
async function installed(name: string): Promise<string> {
  const folder = join(CACHE, name.replace("@", "-"));
  if (existsSync(join(folder, "node_modules"))) return folder;
  mkdirSync(folder, { recursive: true });
  const flags = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"];
  const outcome = await execute(["npm", "install", "--prefix", folder, ...flags, name], { cwd: folder });
  assert.equal(outcome.status, 0, described(outcome));
  return folder;
}
