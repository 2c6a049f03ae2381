// Objects that throw when they are looked at, through real runners: they cost a side field, never a verdict, and never the run.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  assertWhole,
  described,
  execute,
  lastRun,
  packagesIn,
  threepio,
  verdictsOf,
  workFolder,
} from "./support/threepio.ts";

interface Case {
  readonly command: readonly string[];
  readonly file: string;
  /** Verdicts beside those that all have. */
  readonly more?: readonly string[];
  /** What is thrown that can get from the test to the runner. */
  readonly thrown?: readonly string[];
  /** Whether something cannot be read even by us. */
  readonly isSaid?: boolean;
}

const THROWN = ["bigint", "circular", "null", "strange", "symbol", "undefined"];

const CASES: readonly Case[] = [
  {
    command: ["npx", "mocha", "mocha.test.cjs"],
    file: "mocha.test.cjs",
    more: ["pass FILE > loses its name"],
    isSaid: true,
  },
  { command: ["npx", "vitest", "run"], file: "vitest.test.mjs" },
  {
    command: ["npx", "jest", "-i"],
    file: "jest.test.js",
    thrown: THROWN.filter((one) => one !== "strange"),
    isSaid: true,
  },
  {
    command: [process.execPath, "--test", "node.test.cjs"],
    file: "node.test.cjs",
    thrown: ["bigint", "circular", "null", "undefined"],
  },
  { command: ["npx", "playwright", "test"], file: "hostile.spec.mjs", isSaid: true },
];

for (const { command, file, more = [], thrown = THROWN, isSaid = false } of CASES) {
  const name = command.find((word) => /^(?:mocha|vitest|jest|playwright)$/.test(word)) ?? "node:test";
  test(`${name}: nothing that is thrown or compared costs a verdict`, { timeout: 180_000 }, async (context) => {
    const cwd = workFolder(context, "hostile");
    packagesIn(cwd);
    const bare = await execute(command, { cwd });
    const outcome = await threepio(command, { cwd });
    assert.equal(outcome.status, bare.status, described(bare) + described(outcome));
    const expected = [...thrown.map((one) => `fail FILE > throws ${one}`), "pass FILE > passes after all", ...more];
    assert.deepEqual(
      verdictsOf(lastRun(cwd)),
      expected.map((line) => line.replace("FILE", file)).toSorted(),
      described(outcome),
    );
    await assertWhole(cwd);
    const log = readFileSync(join(lastRun(cwd), "output.log"), "utf8");
    assert.equal(/^3pio: .* could not be reported: .*; the tests go on$/m.test(log), isSaid, log.slice(0, 5000));
  });
}
