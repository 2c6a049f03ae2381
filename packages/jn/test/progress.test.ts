import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { bottleneckOf, type Flow } from "../src/pipeline/flow.ts";
import { described, folderWith, JN_PATH as JN, type Outcome, runShell } from "./support/jn.ts";
import { startShell, until } from "./support/live.ts";

// Pieces go through slowly: one, then a pause. They are counted; with `endless` they end when there is a file `stop`.
const SLOW_SOURCE = `
const { existsSync, writeSync } = require("node:fs");
const isEndless = process.argv[2] === "endless";
for (let count = 0; isEndless ? !existsSync("stop") : count < 200; count++) {
  writeSync(1, '{"id":1}\\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
}`;
const SLOW_SINK = `
const { readSync } = require("node:fs");
const buffer = Buffer.alloc(8192);
for (let count = 0; count < 120 && readSync(0, buffer) > 0; count++)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 40);`;
/** Enough for some seconds: what a stage has done is told after one. */
const RECORDS = 1200;
/** Some milliseconds of work for each record. */
const SLOW_FILTER = "([range(20000)] | map(. % 7) | add) > 0";

interface Stats {
  readonly bottleneck?: string;
  readonly stages: readonly { readonly stage: string; readonly recordsAbout?: number; readonly bytesIn?: number }[];
}

interface Place {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly shell: (command: string) => Promise<Outcome>;
}

function place(context: TestContext): Place {
  const cwd = folderWith(context, { "source.cjs": SLOW_SOURCE, "sink.cjs": SLOW_SINK });
  writeFileSync(join(cwd, "some.ndjson"), `{"id":1,"text":"${"x".repeat(4000)}"}\n`.repeat(RECORDS));
  const env = { ...process.env, XDG_RUNTIME_DIR: cwd };
  return { cwd, env, shell: async (command) => await runShell(command, { cwd, env }) };
}

function statsIn(outcome: Outcome): Stats {
  const line = outcome.stderr.trim().split("\n").at(-1) ?? "";
  assert.match(line, /^\{"bottleneck"|^\{"stages"/, described(outcome));
  return JSON.parse(line) as Stats;
}

describe("progress", { timeout: 300_000 }, () => {
  test("the bottleneck is what nobody waits in: by the shares of time", () => {
    const flow = (waitInMs: number, waitOutMs: number): Flow => ({
      ms: 100,
      bytesIn: 1,
      bytesOut: 1,
      waitInMs,
      waitOutMs,
      recordsAbout: 1,
    });
    const named = (...shares: readonly (readonly [number, number])[]): string | undefined =>
      bottleneckOf(shares.map(([read, write], index) => ({ stage: `s${index}`, flow: flow(read, write) })));
    assert.equal(named([90, 0], [95, 0], [95, 0]), "the source");
    assert.equal(named([5, 90], [5, 5], [95, 0]), "s1");
    assert.equal(named([5, 90], [5, 90], [5, 90]), "the destination");
    assert.equal(named([5, 5], [90, 5]), "s0");
    assert.equal(named([5, 90], [5, 5]), "s1");
    assert.equal(
      bottleneckOf([
        { stage: "a", flow: flow(0, 0) },
        { stage: "b", flow: undefined },
      ]),
      undefined,
    );
    const parts = [
      { stage: "x", workMs: 10 },
      { stage: "y", workMs: 70 },
    ];
    assert.equal(bottleneckOf([{ stage: "a", flow: { ...flow(15, 5), parts } }]), "y");
  });

  const linked: readonly (readonly [what: string, command: string, bottleneck: string])[] = [
    ["source", "node source.cjs | jn cat | jn filter .id | jn put --stats out.json", "the source"],
    ["filter", `jn cat some.ndjson | jn filter '${SLOW_FILTER}' | jn put --stats out.json`, "jn filter"],
    ["destination", 'yes "$(head -n 1 some.ndjson)" | jn cat | jn filter --stats . | node sink.cjs', "the destination"],
  ];
  for (const [what, command, bottleneck] of linked) {
    test(`a slow ${what} is named, in a pipeline of a shell`, async (context) => {
      const outcome = await place(context).shell(command);
      const { stages, ...stats } = statsIn(outcome);
      assert.equal(stats.bottleneck, bottleneck, described(outcome));
      const names = stages.map(({ stage }) => stage);
      assert.deepEqual(names, ["jn cat", "jn filter", "jn put"].slice(0, names.length), described(outcome));
    });
  }

  const owned: readonly (readonly [what: string, command: (flags: string) => string, bottleneck: string])[] = [
    ["source", (flags) => `node source.cjs | jn run ${flags} 'cat | filter .id | put out.json'`, "the source"],
    [
      "filter",
      (flags) => `jn run ${flags} 'cat some.ndjson | filter "${SLOW_FILTER}" | put out.json'`,
      "stage 2, filter",
    ],
    [
      "destination",
      (flags) => `yes "$(head -n 1 some.ndjson)" | jn run ${flags} 'cat | filter . | filter .' | node sink.cjs`,
      "the destination",
    ],
  ];
  for (const layout of ["one", "each"]) {
    for (const [what, command, bottleneck] of owned.slice(0, layout === "one" ? 3 : 2)) {
      test(`a slow ${what} is named, by jn run --processes ${layout}`, async (context) => {
        const full = command(`--stats --processes ${layout}`);
        const outcome = await place(context).shell(full);
        const { bottleneck: named = "" } = statsIn(outcome);
        assert.ok(named.endsWith(bottleneck), described(outcome));
      });
    }
  }

  test("jn top shows the stages of a pipeline that runs, and nothing when it has ended", async (context) => {
    const { cwd, env } = place(context);
    const live = startShell("node source.cjs endless | jn cat | jn filter .id | jn put out.json", { cwd, env });
    const records = await until(live, () => {
      const text = execFileSync(process.execPath, [JN, "top"], { env }).toString().trim();
      const found = text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      return found.length === 3 && found.every((record) => record["bottleneck"] === "the source") && found;
    });
    assert.deepEqual(
      records.map(({ stage }) => stage),
      ["jn cat", "jn filter", "jn put"],
    );
    assert.equal(new Set(records.map(({ pipeline }) => pipeline)).size, 1);
    writeFileSync(join(cwd, "stop"), "");
    const outcome = await live.outcome;
    assert.equal(outcome.status, 0, described(outcome));
    assert.equal(outcome.stderr, "", described(outcome));
    assert.deepEqual(readdirSync(join(cwd, `jn-${process.getuid?.()}`)), []);
  });

  test("--progress prints lines where there is no terminal; nothing is printed without it, or of short work, or with --quiet", async (context) => {
    const { shell } = place(context);
    const shown = await shell(`jn filter --progress '${SLOW_FILTER}' some.ndjson`);
    assert.match(
      shown.stderr,
      /^\d+ % {2}\d+:\d\d left {2}\S+ [kM]?B {2}\S+ [kM]?B\/s {2}about \d+ records\/s {2}slowest: jn filter {2}\(jn filter r\d+ w\d+\)\n/,
      described(shown),
    );
    for (const command of [
      `jn filter '${SLOW_FILTER}' some.ndjson`,
      "jn cat --progress some.ndjson",
      `jn filter --quiet --progress '${SLOW_FILTER}' some.ndjson`,
    ]) {
      const outcome = await shell(command);
      assert.equal(outcome.stderr, "", described(outcome));
      assert.equal(outcome.status, 0, described(outcome));
    }
  });

  test(
    "the last stage shows the progress on a terminal, on one line that is gone at the end",
    { skip: hasScript() ? false : "there is no script(1)" },
    async (context) => {
      const { cwd, env } = place(context);
      const jn = `'${process.execPath}' '${JN}'`;
      writeFileSync(
        join(cwd, "run.sh"),
        `${jn} cat some.ndjson | ${jn} filter '${SLOW_FILTER}' | ${jn} put out.json\n`,
      );
      const outcome = await runShell("script -qec 'sh run.sh' /dev/null", { cwd, env });
      assert.match(outcome.stdout, /slowest: .*\(.*jn put r\d+ w\d+\)/, described(outcome));
      assert.ok(outcome.stdout.endsWith("\r\u001b[K"), described(outcome));
    },
  );

  test("--stats of short work counts all of it", async (context) => {
    const outcome = await place(context).shell("jn cat --stats some.ndjson | wc -l");
    const { stages } = statsIn(outcome);
    assert.equal(outcome.stdout.trim(), String(RECORDS), described(outcome));
    assert.deepEqual(
      [stages[0]!.stage, stages[0]!.bytesIn, stages[0]!.recordsAbout],
      ["jn cat", RECORDS * 4019, RECORDS],
      described(outcome),
    );
  });
});

function hasScript(): boolean {
  try {
    execFileSync("script", ["-qec", "true", "/dev/null"]);
    return true;
  } catch {
    return false;
  }
}
