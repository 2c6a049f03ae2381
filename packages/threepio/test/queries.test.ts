import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Body } from "../src/journal/event.ts";
import { hostileEvents, writeJournal } from "./support/journals.ts";
import { described, execute, type Outcome, SYNTHETIC, threepio, workFolder } from "./support/threepio.ts";

interface Listed {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly name: string;
  readonly ms?: number;
}

async function asked(cwd: string, ...args: readonly string[]): Promise<Outcome> {
  const outcome = await threepio(args, { cwd });
  assert.equal(outcome.status, 0, described(outcome));
  assert.equal(outcome.stderr, "", described(outcome));
  return outcome;
}

/** A line of any of the answers. */
interface Line extends Listed {
  readonly change?: string;
  readonly result: Listed;
  readonly state: string;
  readonly tests: number;
  readonly title: string;
  readonly retried: number;
  readonly trees: number;
  readonly removed: boolean;
}

function lines({ stdout }: Outcome): readonly Line[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}

function ended(name: string, status: "pass" | "fail" | "skip", message?: string, line = 1): Body {
  const path = ["tests/test_a.py", name];
  const error =
    message === undefined
      ? {}
      : { error: { message, stack: `tests/test_a.py:${line}: in f`, file: "tests/test_a.py", line } };
  return { type: "test.end", path, status, ms: line, ...error };
}

test(
  "failures of the same cause are shown once, those of other causes not with them",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    writeJournal(cwd, [
      ...[1, 2, 3].map((at) => ended(`compares ${at}`, "fail", `assert ${at} == ${at + 1} at 0x7f${at}a`, 12)),
      ended("other place", "fail", "assert 1 == 2 at 0x7f1a", 99),
      ended("other message", "fail", "no such file", 12),
      ended("passes", "pass"),
    ]);
    const { clusters, failures } = JSON.parse((await asked(cwd, "failures", "2026", "--json")).stdout) as {
      readonly failures: number;
      readonly clusters: readonly { readonly count: number; readonly first: Listed; readonly frame: string }[];
    };
    assert.equal(failures, 5);
    assert.deepEqual(
      clusters.map(({ count, first, frame }) => [count, first.name, frame]),
      [
        [3, "compares 1", "tests/test_a.py:12"],
        [1, "other message", "tests/test_a.py:12"],
        [1, "other place", "tests/test_a.py:99"],
      ],
    );
    const text = (await asked(cwd, "failures", "2026")).stdout;
    assert.match(text, /^5 failures, 3 causes\n\n1\. 3 times: assert 1 == 2 at 0x7f1a at tests\/test_a\.py:12\n/, text);
  },
);

test(
  "failures fit into the budget, whatever it is, and say what is left out",
  { timeout: 120_000 },
  async (context) => {
    const cwd = workFolder(context);
    writeJournal(cwd, hostileEvents());
    let before = 0;
    for (const budget of [120, 400, 1000, 3000, 20_000]) {
      const { stdout } = await asked(cwd, "failures", "2026", "--budget", String(budget));
      assert.ok(stdout.length <= budget, `${stdout.length} characters at a budget of ${budget}:\n${stdout}`);
      assert.ok(stdout.length >= before, `less text with more room:\n${stdout}`);
      assert.ok(!stdout.includes("\u001b") && !stdout.includes("\u202e"), "drives a terminal");
      if (budget <= 400) assert.match(stdout, /\.\.\. and \d+ more/, stdout);
      before = stdout.length;
    }
  },
);

test(
  "diff: new, still, fixed, added, removed; of the run before, or of two runs",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    const before = [
      ended("was bad, is bad", "fail", "a"),
      ended("was bad, is good", "fail", "a"),
      ended("was good, is bad", "pass"),
      ended("goes", "pass"),
      ended("stays", "pass"),
    ];
    const after = [
      ended("was bad, is bad", "fail", "b"),
      ended("was bad, is good", "pass"),
      ended("was good, is bad", "fail", "c"),
      ended("comes", "skip"),
      ended("comes broken", "fail", "d"),
      ended("stays", "pass"),
    ];
    writeJournal(cwd, before, { id: "20260101T000000-0001" });
    writeJournal(cwd, [], { id: "20260101T000000-0002", command: ["something", "else"] });
    writeJournal(cwd, after, { id: "20260101T000000-0003" });
    symlinkSync("20260101T000000-0003", join(cwd, ".3pio/runs/latest"));
    const expected = [
      ["added", "comes"],
      ["fixed", "was bad, is good"],
      ["new", "comes broken"],
      ["new", "was good, is bad"],
      ["removed", "goes"],
      ["still", "was bad, is bad"],
    ];
    for (const args of [["diff"], ["diff", "20260101T000000-0001", "latest"]]) {
      const found = lines(await asked(cwd, ...args, "--json"));
      const changes = found.slice(0, -1).map(({ change, result }) => [change!, result.name]);
      assert.deepEqual(
        changes.toSorted((left, right) => (left.join("/") < right.join("/") ? -1 : 1)),
        expected,
      );
      const { runs, ...counts } = found.at(-1) as unknown as { readonly runs: readonly string[] };
      assert.deepEqual(runs, ["20260101T000000-0001", "20260101T000000-0003"]);
      assert.deepEqual(counts, { new: 2, still: 1, fixed: 1, added: 1, removed: 1 });
    }
    const text = (await asked(cwd, "diff")).stdout;
    assert.match(text, /^new failures: 2\n {2}\w{16} tests\/test_a\.py > comes broken\n {4}d\n/m, text);
  },
);

test(
  "show and output: by id, by the beginning of one, by title or a part of it",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    const printed: Body = {
      type: "test.end",
      path: ["tests/test_a.py", "prints"],
      status: "fail",
      error: { message: "m" },
      output: [
        { stream: "stdout", text: "out\u001b[31m\n" },
        { stream: "stderr", text: "no newline" },
      ],
    };
    writeJournal(cwd, [printed, ended("silent one", "pass"), ended("silent two", "pass")]);
    const records = lines(await asked(cwd, "records", "2026"));
    const { id } = records.find(({ name }) => name === "prints")!;
    for (const name of [id, id.slice(0, 8), "tests/test_a.py > prints", "prin"]) {
      const { stdout } = await asked(cwd, "output", name, "--run", "2026");
      assert.equal(stdout, "out\u001b[31m\nno newline", "byte for byte");
      const shown = (await asked(cwd, "show", name, "--run", "2026")).stdout;
      assert.match(shown, /^FAIL tests\/test_a\.py > prints$/m, shown);
      assert.ok(!shown.includes("\u001b"), "show drives a terminal");
    }
    assert.equal((await asked(cwd, "output", "--run", "2026")).stdout, "what the command printed\n");
    const several = await threepio(["show", "silent", "--run", "2026"], { cwd });
    assert.equal(several.status, 2, described(several));
    assert.match(
      several.stderr,
      /'silent' means 2 tests:\n {2}\w{16} tests\/test_a\.py > silent one\n/,
      described(several),
    );
    const none = await threepio(["show", "not there", "--run", "2026"], { cwd });
    assert.equal(none.status, 2, described(none));
    const silent = await threepio(["output", "silent one", "--run", "2026"], { cwd });
    assert.match(silent.stderr, /nothing was recorded that tests\/test_a\.py > silent one printed/, described(silent));
  },
);

test(
  "a run can be compared with itself, also when its index does not fit into memory",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    const tests = Array.from({ length: 10_000 }, (_, at) => ended(`t${at}`, at % 100 === 0 ? "fail" : "pass", "m"));
    writeJournal(cwd, tests, { id: "20260101T000000-0001" });
    const found = lines(await asked(cwd, "diff", "2026", "2026", "--json"));
    const { runs: _, ...counts } = found.at(-1) as unknown as { readonly runs: readonly string[] };
    assert.deepEqual(counts, { new: 0, still: 100, fixed: 0, added: 0, removed: 0 });
    assert.deepEqual(
      readdirSync(join(cwd, ".3pio/runs/20260101T000000-0001")).filter((name) => name.startsWith(".")),
      [],
    );
  },
);

test("slowest: the runner's times, the longest first, as many as asked for", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context);
  const times = Array.from({ length: 500 }, (_, at) => (at * 7919) % 500);
  writeJournal(
    cwd,
    times.map((ms) => ({ type: "test.end", path: ["a.py", `t${ms}`], status: "pass", ms })),
  );
  const found = lines(await asked(cwd, "slowest", "2026", "--limit", "25", "--json"));
  assert.deepEqual(
    found.map(({ ms }) => ms),
    Array.from({ length: 25 }, (_, at) => 499 - at),
  );
});

test(
  "list: the newest first, also a run whose record was lost, and one that was killed",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    const first = await threepio([process.execPath, SYNTHETIC, "20", "1", "1"], { cwd });
    assert.equal(first.status, 0, described(first));
    const killed = writeJournal(cwd, [ended("a", "pass")], { id: "20250101T000000-0000" });
    const events = join(killed, "events/3pio.jsonl");
    writeFileSync(
      events,
      readFileSync(events, "utf8")
        .replace(/^.*run\.end[\s\S]*$/m, "")
        .replace(/"pid":\d+/g, '"pid":999999999'),
    );
    const shown = lines(await asked(cwd, "list", "--json"));
    assert.deepEqual(
      shown.map(({ state, tests }) => [state, tests]),
      [
        ["COMPLETED", 20],
        ["CRASHED", 1],
      ],
    );
    const before = (await asked(cwd, "list", "--json")).stdout;
    rmSync(join(cwd, ".3pio/runs/latest/run.json"));
    assert.equal((await asked(cwd, "list", "--json")).stdout, before, "run.json says what the journal says");
  },
);

test(
  "flaky: passed on a retry, or changed between runs of the same tree, and not between others",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    const run = (number: number, tree: string | undefined, status: "pass" | "fail"): void => {
      const retried: readonly Body[] =
        number === 2 ? [{ type: "test.attempt", path: ["tests/test_a.py", "retried"], status: "fail" }] : [];
      writeJournal(
        cwd,
        [...retried, ended("retried", "pass"), ended("changes", status, "m"), ended("steady", "pass")],
        {
          id: `20260101T00000${number}-0000`,
          ...(tree === undefined ? {} : { tree }),
        },
      );
    };
    run(1, "one", "pass");
    run(2, "two", "fail");
    run(3, undefined, "pass");
    const flaky = async (): Promise<readonly unknown[]> =>
      lines(await asked(cwd, "flaky", "--json")).map(({ title, retried, trees }) => [title, retried, trees]);
    assert.deepEqual(await flaky(), [["tests/test_a.py > retried", 1, 0]]);
    run(4, "two", "pass");
    const both = [
      ["tests/test_a.py > changes", 0, 1],
      ["tests/test_a.py > retried", 1, 0],
    ];
    assert.deepEqual(await flaky(), both);
    // The database is made of the journals: without it, or with a damaged one, the answer is the same.
    rmSync(join(cwd, ".3pio/history.sqlite"));
    assert.deepEqual(await flaky(), both);
    writeFileSync(join(cwd, ".3pio/history.sqlite"), "no database");
    assert.deepEqual(await flaky(), both);
    await asked(cwd, "gc", "--keep", "1");
    assert.deepEqual(await flaky(), []);
  },
);

test(
  "the tree of a run: the same with the same files, another one with a change or a new file",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    const git = async (...args: readonly string[]): Promise<void> => {
      const env = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
      const outcome = await execute(["git", "-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
        cwd,
        env,
      });
      assert.equal(outcome.status, 0, described(outcome));
    };
    await git("init", "--quiet");
    writeFileSync(join(cwd, "a.txt"), "one\n");
    await git("add", ".");
    await git("commit", "--quiet", "--message", "first");
    const tree = async (): Promise<string> => {
      const outcome = await threepio([process.execPath, SYNTHETIC, "1", "1", "1"], { cwd });
      assert.equal(outcome.status, 0, described(outcome));
      const { tree: found, commit } = JSON.parse((await asked(cwd, "show", "--json")).stdout) as Record<string, string>;
      assert.match(commit!, /^[0-9a-f]{40}$/);
      return found!;
    };
    const clean = await tree();
    assert.match(clean, /^[0-9a-f]{40}$/, "a tree without changes has git's own name");
    writeFileSync(join(cwd, "a.txt"), "two\n");
    const changed = await tree();
    writeFileSync(join(cwd, "new ☃.txt"), "three\n");
    const added = await tree();
    assert.equal(await tree(), added);
    assert.equal(new Set([clean, changed, added]).size, 3);
  },
);

test(
  "gc: the bounds hold, the last run and one at work stay, a dry run removes nothing",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    const ids = ["20260101T000000-0001", "20260102T000000-0002", "20260103T000000-0003", "20260104T000000-0004"];
    for (const id of ids) writeJournal(cwd, [ended("a", "pass")], { id });
    symlinkSync(ids[0]!, join(cwd, ".3pio/runs/latest"));
    const left = (): readonly string[] => ids.filter((id) => existsSync(join(cwd, ".3pio/runs", id)));
    const dry = lines(await asked(cwd, "gc", "--keep", "1", "--dry-run", "--json"));
    assert.deepEqual(
      dry.map(({ id, removed }) => [id, removed]),
      [
        [ids[1], false],
        [ids[2], false],
      ],
    );
    assert.deepEqual(left(), ids);
    await asked(cwd, "gc", "--days", "1");
    assert.deepEqual(left(), ids, "they were written a moment ago");
    writeFileSync(join(cwd, ".3pio/runs", ids[1]!, "large"), Buffer.alloc(2 * 1024 * 1024));
    await asked(cwd, "gc", "--megabytes", "1");
    assert.deepEqual(left(), [ids[0], ids[2], ids[3]]);
    await asked(cwd, "gc", "--keep", "1");
    assert.deepEqual(left(), [ids[0], ids[3]]);
    mkdirSync(join(cwd, "elsewhere"));
    assert.match((await asked(join(cwd, "elsewhere"), "gc")).stdout, /^0 runs/);
  },
);
