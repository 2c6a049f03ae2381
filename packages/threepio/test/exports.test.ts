import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { HOSTILE, hostileEvents, writeJournal } from "./support/journals.ts";
import { annotations, ctrfProblems, junitProblems, junitTotals, tapTotals } from "./support/oracles.ts";
import { described, SYNTHETIC, threepio, workFolder } from "./support/threepio.ts";

interface ListedRecord {
  readonly kind: string;
  readonly status: string;
  readonly flaky: boolean;
  readonly name: string;
}

const isHeavy = process.env["JN_TEST_HEAVY"] === "1";
const BAD = new Set(["fail", "error", "crashed"]);

async function reported(cwd: string, format: string): Promise<string> {
  const outcome = await threepio(["report", "--format", format, "-o", `out/${format}`], { cwd });
  assert.equal(outcome.status, 0, described(outcome));
  return readFileSync(join(cwd, "out", format), "utf8");
}

async function recordsOf(cwd: string): Promise<readonly ListedRecord[]> {
  const outcome = await threepio(["records"], { cwd });
  assert.equal(outcome.status, 0, described(outcome));
  return outcome.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ListedRecord);
}

test("hostile names, messages and output: every format stays what it is", { timeout: 120_000 }, async (context) => {
  const cwd = workFolder(context);
  const folder = writeJournal(cwd, hostileEvents());
  const name = `./${folder.slice(cwd.length + 1)}`;
  const report = async (format: string): Promise<string> => {
    const outcome = await threepio(["report", name, "-f", format], { cwd });
    assert.equal(outcome.status, 0, described(outcome));
    return outcome.stdout;
  };
  const xml = await report("junit");
  assert.deepEqual(await junitProblems(xml), [], xml);
  const ctrf = JSON.parse(await report("ctrf")) as {
    readonly results: { readonly tests: readonly { name: string }[] };
  };
  assert.deepEqual(ctrfProblems(ctrf), []);
  const tap = await tapTotals(await report("tap"));
  // Two tests, twice the same title; one that never ended; a part and an error outside of tests that failed.
  const results = HOSTILE.length + 2 + 1 + 2;
  assert.equal(junitTotals(xml).tests, results, xml);
  assert.equal(ctrf.results.tests.length, results);
  assert.equal(tap.count, results);
  assert.deepEqual(tap.extra, []);
  assert.ok(
    ctrf.results.tests.some((one) => one.name.includes("</script>")),
    "names are whole in JSON",
  );
  const github = annotations(await report("github"));
  assert.ok(
    github.every(({ properties }) => !(properties.get("title") ?? "").includes("\n")),
    "titles have one line",
  );
  const lines = (await report("ndjson")).trim().split("\n");
  const parsed = lines.map((line) => JSON.parse(line) as { readonly type: string; readonly results?: number });
  assert.equal(parsed.at(-1)?.results, parsed.length - 2);
  for (const format of ["markdown", "github-summary"]) {
    const markdown = await report(format);
    assert.ok(!markdown.includes("\u001b") && !markdown.includes("\u202e"), `${format} drives a terminal`);
  }
});

for (const { tests, isQuick } of [
  { tests: 1000, isQuick: true },
  { tests: 207_418, isQuick: false },
]) {
  const skip = isQuick || isHeavy ? false : "runs with JN_TEST_HEAVY=1";
  test(`${tests} tests: all formats have the totals of the journal`, { skip, timeout: 900_000 }, async (context) => {
    const cwd = workFolder(context);
    const run = await threepio([process.execPath, SYNTHETIC, `${tests}`, "4", "1"], { cwd });
    assert.equal(run.status, 0, described(run));
    const records = await recordsOf(cwd);
    const having = (...statuses: readonly string[]): number =>
      records.filter(({ status }) => statuses.includes(status)).length;
    assert.equal(records.length, tests);
    const [, said] = /^(\d+) tests: /m.exec(run.stdout) ?? [];
    assert.equal(Number(said), tests, described(run));
    const bad = having(...BAD);

    const xml = await reported(cwd, "junit");
    assert.deepEqual(await junitProblems(xml), []);
    const { names, ...junit } = junitTotals(xml);
    assert.deepEqual(junit, {
      tests,
      failures: having("fail"),
      errors: having("error", "crashed"),
      skipped: having("skip", "todo", "xfail"),
    });
    assert.equal(new Set(names).size, tests, "names are different");

    const ctrf = JSON.parse(await reported(cwd, "ctrf")) as Ctrf;
    assert.deepEqual(ctrfProblems(ctrf), []);
    const { summary, tests: list } = ctrf.results;
    const ofStatus = (status: string): number => list.filter((one) => one.status === status).length;
    assert.equal(list.length, tests);
    for (const status of ["passed", "failed", "skipped", "pending", "other"] as const)
      assert.equal(summary[status], ofStatus(status), status);
    assert.deepEqual([summary.tests, summary.failed, summary.passed], [tests, bad, having("pass", "xpass")]);

    const tap = await tapTotals(await reported(cwd, "tap"));
    assert.deepEqual(
      [tap.count, tap.fail, tap.skip, tap.todo, tap.extra.length],
      [tests, bad + having("xfail"), having("skip"), having("xfail"), 0],
    );

    const events = (await reported(cwd, "ndjson")).trimEnd().split("\n");
    assert.equal(events.length, tests + 2);

    const notes = annotations(await reported(cwd, "github"));
    const flaky = records.filter((record) => record.flaky).length;
    assert.equal(notes.filter(({ kind }) => kind === "error").length, Math.min(10, bad));
    assert.equal(notes.filter(({ kind }) => kind === "warning").length, Math.min(10, flaky));
    if (bad > 10)
      assert.equal(notes.findLast(({ kind }) => kind === "error")?.properties.get("title"), `${bad - 9} more failures`);

    assert.ok((await reported(cwd, "markdown")).length <= 65_536);
    assert.ok(Buffer.byteLength(await reported(cwd, "github-summary")) <= 1024 * 1024);
    assert.deepEqual(
      readdirSync(join(cwd, "out")).filter((name) => name.startsWith(".")),
      [],
      "no temporary file stays",
    );
  });
}

interface Ctrf {
  readonly results: {
    readonly summary: Readonly<Record<"tests" | "passed" | "failed" | "skipped" | "pending" | "other", number>>;
    readonly tests: readonly { readonly status: string }[];
  };
}

test("a report is a function of the journal: the same bytes, however often", { timeout: 120_000 }, async (context) => {
  const cwd = workFolder(context);
  const folder = writeJournal(cwd, hostileEvents());
  const name = `./${folder.slice(cwd.length + 1)}`;
  for (const format of ["html", "junit", "markdown"]) {
    const [first, second] = [
      await threepio(["report", name, "-f", format], { cwd }),
      await threepio(["report", name, "-f", format], { cwd }),
    ];
    assert.equal(first.status, 0, described(first));
    assert.equal(first.stdout, second.stdout, format);
  }
});

test("a format that there is not is refused, with those that there are", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context);
  for (const args of [["report"], ["report", "-f", "junitt"]]) {
    const outcome = await threepio(args, { cwd });
    assert.equal(outcome.status, 2, described(outcome));
    assert.match(
      outcome.stderr,
      /html, junit, ctrf, ndjson, tap, github, github-summary, markdown/,
      described(outcome),
    );
  }
});

test(
  "--report writes reports at the end of a run, and trouble with one is said",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    const command = [process.execPath, SYNTHETIC, "20", "1", "3"];
    const reports = "junit=reports/junit.xml,ctrf=ctrf.json,tap=ctrf.json/tap";
    const outcome = await threepio(["--report", reports, ...command], { cwd });
    assert.equal(outcome.status, 0, described(outcome));
    assert.match(outcome.stderr, /3pio: could not write the report ctrf\.json\/tap: /, described(outcome));
    assert.equal(junitTotals(readFileSync(join(cwd, "reports/junit.xml"), "utf8")).tests, 20);
    assert.deepEqual(ctrfProblems(JSON.parse(readFileSync(join(cwd, "ctrf.json"), "utf8"))), []);
    const wrong = await threepio(["--report", "junit", ...command], { cwd });
    assert.equal(wrong.status, 2, described(wrong));
    const unknown = await threepio(["--report", "xunit=x.xml", "--", ...command], { cwd });
    assert.equal(unknown.status, 2, described(unknown));
    assert.ok(!existsSync(join(cwd, "x.xml")));
  },
);
