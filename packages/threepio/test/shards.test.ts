import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { shardsOf } from "../src/queries/sharding.ts";
import { writeJournal } from "./support/journals.ts";
import { described, lastRun, SYNTHETIC, threepio, workFolder } from "./support/threepio.ts";

async function shard(
  context: Parameters<typeof workFolder>[0],
  tests: number,
  writers: number,
  seed: number,
): Promise<string> {
  const cwd = workFolder(context);
  const outcome = await threepio([process.execPath, SYNTHETIC, `${tests}`, `${writers}`, `${seed}`], { cwd });
  assert.equal(outcome.status, 0, described(outcome));
  return cwd;
}

test(
  "merge: all tests of all runs, one account, and every query works on it",
  { timeout: 120_000 },
  async (context) => {
    const cwd = workFolder(context);
    const [one, two] = [await shard(context, 300, 2, 1), await shard(context, 200, 1, 5)];
    cpSync(lastRun(one), join(cwd, "shard-1"), { recursive: true });
    cpSync(lastRun(two), join(cwd, "shard-2"), { recursive: true });
    const outcome = await threepio(["merge", "a=shard-1", "b=shard-2"], { cwd });
    assert.equal(outcome.status, 0, described(outcome));
    assert.match(outcome.stdout, /^500 tests: /m, described(outcome));
    // Two processes of 3pio, three of the tests, and the one that put them together.
    assert.match(
      outcome.stdout,
      /^journal whole: 6 writers, (\d+) written = \1 read, 0 bad lines$/m,
      described(outcome),
    );
    const records = await threepio(["records"], { cwd });
    const files = records.stdout
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { readonly file: string }).file);
    assert.equal(files.filter((file) => file.startsWith("[a] tests/")).length, 300);
    assert.equal(files.filter((file) => file.startsWith("[b] tests/")).length, 200);
    const output = readFileSync(join(lastRun(cwd), "output.log"), "utf8");
    assert.match(output, /^==> a <==\n[\s\S]*==> b <==\n/m);
    const again = await threepio(["rebuild"], { cwd });
    assert.equal(again.stdout, outcome.stdout, "a function of the journals in it");
    // What was put together can be put together with more.
    const three = await threepio(["merge", "latest", "c=shard-2"], { cwd });
    assert.match(three.stdout, /^700 tests: /m, described(three));
    assert.match(three.stdout, /^journal whole: 9 writers/m, described(three));
  },
);

test("merge: what is missing in one run is missing in all of it", { timeout: 120_000 }, async (context) => {
  const cwd = workFolder(context);
  const good = writeJournal(cwd, [{ type: "test.end", path: ["a.py", "t"], status: "pass" }], {
    id: "20260101T000000-0001",
    exitCode: 0,
  });
  const torn = writeJournal(cwd, [{ type: "test.end", path: ["a.py", "t"], status: "pass" }], {
    id: "20260101T000000-0002",
    exitCode: 0,
  });
  const whole = await threepio(["merge", good, torn], { cwd });
  assert.equal(whole.status, 0, described(whole));
  assert.match(whole.stdout, /^2 tests: 2 passed/m, described(whole));
  const segment = join(torn, "events/pytest-1.jsonl");
  truncateSync(segment, readFileSync(segment).length - 10);
  const outcome = await threepio(["merge", good, torn], { cwd });
  assert.equal(outcome.status, 3, described(outcome));
  assert.match(outcome.stdout, /journal NOT WHOLE/, described(outcome));
  assert.match(outcome.stdout, /2-20260101T000000-0002\/pytest-1: the last line is cut off/, described(outcome));
  // A run that never ended makes one that never ended.
  const own = join(good, "events/3pio.jsonl");
  writeFileSync(
    own,
    readFileSync(own, "utf8")
      .replace(/^.*run\.end[\s\S]*$/m, "")
      .replace(/"pid":\d+/g, '"pid":999999999'),
  );
  const crashed = await threepio(["merge", good], { cwd });
  assert.match(crashed.stdout, /; CRASHED$/m, described(crashed));
  const failed = writeJournal(cwd, [], { id: "20260101T000000-0003", exitCode: 7 });
  const seven = await threepio(["merge", failed], { cwd });
  assert.equal(seven.status, 7, described(seven));
});

test(
  "shard: every file in exactly one shard, by durations that were recorded",
  { timeout: 120_000 },
  async (context) => {
    const cwd = workFolder(context);
    const times = new Map([
      ["a.py", 100],
      ["b.py", 60],
      ["c.py", 50],
      ["d.py", 10],
    ]);
    writeJournal(
      cwd,
      [...times].map(([file, ms]) => ({ type: "test.end", path: [file, "t"], status: "pass", ms })),
    );
    const files = async (...args: readonly string[]): Promise<readonly string[]> => {
      const outcome = await threepio(["shard", ...args], { cwd });
      assert.equal(outcome.status, 0, described(outcome));
      return outcome.stdout.split("\n").filter((line) => line !== "");
    };
    assert.deepEqual(
      [await files("--index", "1/2"), await files("--index", "2/2")],
      [
        ["a.py", "d.py"],
        ["b.py", "c.py"],
      ],
    );
    // Files that never ran are spread, too.
    const some = ["d.py", "new1.py", "a.py", "new2.py"];
    const both = [await files("--index", "1/2", ...some), await files("--index", "2/2", "--from", "2026", ...some)];
    assert.deepEqual(both.flat().toSorted(), some.toSorted());
    rmSync(join(cwd, ".3pio"), { recursive: true });
    const nothing = await threepio(["shard", "--index", "1/2"], { cwd });
    assert.equal(nothing.status, 2, described(nothing));
    for (const index of ["0/2", "3/2", "x", "1/0"]) {
      const outcome = await threepio(["shard", "--index", index, "a.py"], { cwd });
      assert.equal(outcome.status, 2, described(outcome));
    }
  },
);

test("shards: whatever the files, each has one, none is much longer than needed, and their order does not matter", () => {
  const durations = fc.dictionary(fc.string({ minLength: 1 }), fc.integer({ min: 0, max: 10_000 }), { minKeys: 1 });
  fc.assert(
    fc.property(durations, fc.integer({ min: 1, max: 9 }), (table, count) => {
      const times = new Map(Object.entries(table));
      const files = [...times.keys()];
      const shards = shardsOf(files, times, count);
      assert.deepEqual(shardsOf(files.toReversed(), times, count), shards);
      const loads = Array.from({ length: count }, () => 0);
      for (const file of files) loads[shards.get(file)!]! += times.get(file)!;
      const total = loads.reduce((sum, load) => sum + load, 0);
      const longest = Math.max(...times.values());
      assert.ok(Math.max(...loads) <= Math.max(longest, total / count + longest), loads.join(", "));
    }),
    { seed: 9, numRuns: 200 },
  );
});
