import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { described, folderWith, type Outcome } from "./support/jn.ts";
import { descriptorsOf, numberIn, pidIn, release, runPipes, settled, startShell, until } from "./support/live.ts";

const HEAVY = process.env["JN_TEST_HEAVY"] === "1";
const LINUX = process.platform === "linux";
const MEGABYTE = 1_000_000;
const KIBIBYTE = 1024;

/** A pipe holds up to 1 MiB; a stage 512 KiB that it has read, and up to 1 MiB that it has not yet written. */
const MAX_IN_FLIGHT = 9 * 1024 * KIBIBYTE;

/** What a stage may grow between the small and the large run, in kB. */
const MAX_GROWTH = 8 * KIBIBYTE;

/** All of the pipeline ended well, and said nothing. */
function quiet(outcome: Outcome): void {
  assert.equal(outcome.status, 0, described(outcome));
  assert.equal(outcome.stderr, "", described(outcome));
}

// 1. Memory

interface Peak {
  readonly stage: string;
  readonly kilobytes: number;
}

/** Runs a pipeline in which every Node leaves its peak memory behind. */
async function peaksOf(context: TestContext, command: string): Promise<{ peaks: Peak[]; outcome: Outcome }> {
  const cwd = folderWith(context, {
    "peak.cjs":
      'process.on("exit", () => require("fs").writeFileSync(`${process.env.PEAKS}/${process.pid}.peak`, JSON.stringify({' +
      ' stage: process.argv.slice(1).join(" "), kilobytes: process.resourceUsage().maxRSS })));',
  });
  const env = { ...process.env, PEAKS: cwd, NODE_OPTIONS: `--require=${join(cwd, "peak.cjs")}` };
  const outcome = await runPipes(`set -o pipefail; ${command}`, { cwd, env });
  const peaks = readdirSync(cwd)
    .filter((name) => name.endsWith(".peak"))
    .map((name) => JSON.parse(readFileSync(join(cwd, name), "utf8")) as Peak)
    .filter(({ stage }) => /\bjn\.c?js /.test(stage))
    .map(({ stage, kilobytes }) => ({ stage: stage.replace(/^\S*jn\.c?js/, "jn"), kilobytes }));
  return { peaks: peaks.toSorted((a, b) => a.stage.localeCompare(b.stage)), outcome };
}

const PIPELINES: readonly (readonly [what: string, kind: string, stages: readonly string[]])[] = [
  ["CSV in, fields looked at, a JSON file out", "csv", ["cat -~csv", "filter '.x > 10'", "put out.json"]],
  ["JSON in, records rebuilt, CSV out", "json", ["cat -~json", "filter '.y = .x'", "put -~csv"]],
  ["NDJSON in, first, new and last records", "ndjson", ["cat", "head -n 1G", "filter '{x, id}'", "put -", "tail -n 5"]],
];

for (const [what, kind, stages] of PIPELINES) {
  const [few, many] = HEAVY ? [10 * MEGABYTE, 2000 * MEGABYTE] : [3 * MEGABYTE, 15 * MEGABYTE];
  test(`memory: under 80 MB for each stage, the same for ${few / MEGABYTE} and ${many / MEGABYTE} MB: ${what}`, async (context) => {
    const pipeline = (bytes: number): string =>
      [`generate ${kind} ${bytes}`, ...stages.map((stage) => `jn ${stage}`)].join(" | ") + " | wc -c";
    const small = await peaksOf(context, pipeline(few));
    const big = await peaksOf(context, pipeline(many));
    quiet(small.outcome);
    quiet(big.outcome);
    assert.equal(big.peaks.length, stages.length, described(big.outcome));
    for (const [index, { stage, kilobytes }] of big.peaks.entries()) {
      const before = small.peaks[index]!;
      assert.equal(before.stage, stage);
      const figures = `${stage}: ${before.kilobytes} kB, then ${kilobytes} kB`;
      context.diagnostic(figures);
      assert.ok(kilobytes < 80 * KIBIBYTE, `${figures}\n${described(big.outcome)}`);
      assert.ok(kilobytes - before.kilobytes < MAX_GROWTH, `${figures}\n${described(big.outcome)}`);
    }
  });
}

// 2. The reader leaves

const EARLY: readonly (readonly [kind: string, stages: readonly string[]])[] = [
  ["csv", ["cat -~csv"]],
  ["json", ["cat -~json"]],
  ["ndjson", ["filter '.x >= 0'"]],
  ["ndjson", ["filter '.y = 1'"]],
  ["ndjson", ["head -n 1G"]],
  ["ndjson", ["put -"]],
  ["ndjson", ["put -~csv"]],
  ["ndjson", ["put -~json"]],
  ["csv", ["cat -~csv", "filter '.x >= 0'", "put -~json"]],
];

for (const [kind, stages] of EARLY) {
  test(`head -n 10 after jn ${stages.join(" | jn ")}: all upstream ends with 141, quietly, having read little`, async (context) => {
    const cwd = folderWith(context);
    const all = stages.map((stage) => `jn ${stage}`).join(" | ");
    const outcome = await runPipes(
      `generate ${kind} 1000000000 taken | ${all} | head -n 10; echo "\${PIPESTATUS[*]}" > statuses`,
      { cwd },
    );
    quiet(outcome);
    assert.equal(outcome.stdout.split("\n").length, 11, described(outcome));
    const statuses = ["0", ...stages.map(() => "141"), "0"].join(" ");
    assert.equal(readFileSync(join(cwd, "statuses"), "utf8").trim(), statuses, described(outcome));
    assert.ok(numberIn(cwd, "taken") > 0 && numberIn(cwd, "taken") < MAX_IN_FLIGHT, `${numberIn(cwd, "taken")} bytes`);
  });
}

test("jn head -n 10 as the reader: jn ends by 141, yes by SIGPIPE, nobody says anything", async (context) => {
  const cwd = folderWith(context);
  const outcome = await runPipes(
    `yes '{"x":1}' | jn cat | jn filter '.x' | jn head -n 10; echo "\${PIPESTATUS[*]}" > statuses; ` +
      'generate csv 1000000000 taken | jn head -n 10 -~csv | wc -l; echo "${PIPESTATUS[*]}" >> statuses',
    { cwd },
  );
  quiet(outcome);
  assert.equal(outcome.stdout, `${"1\n".repeat(10)}10\n`, described(outcome));
  const statuses = readFileSync(join(cwd, "statuses"), "utf8");
  assert.equal(statuses, "141 141 141 0\n0 0 0\n", described(outcome));
  assert.ok(numberIn(cwd, "taken") < MAX_IN_FLIGHT, `${numberIn(cwd, "taken")} bytes`);
});

test("jn head reads nothing more once it has its records, though its source stays open", async (context) => {
  const cwd = folderWith(context);
  const live = startShell(`{ printf '1\\n2\\n'; exec sleep 1000; } | { jn head -n 2; echo done; kill $(jobs -p); }`, {
    cwd,
  });
  context.after(() => live.child.kill("SIGKILL"));
  await until(live, () => live.stdout().endsWith("done\n"));
  assert.equal(live.stdout(), "1\n2\ndone\n");
  await runPipes(`kill $(ps -o pid= --ppid ${live.child.pid})`, { cwd });
  await live.outcome;
});

test("the help, too, ends quietly when nobody reads it", async (context) => {
  const cwd = folderWith(context);
  const outcome = await runPipes(
    "for i in 1 2 3; do { read -r; jn --help; echo $? > status; } < <(sleep 0.2; echo) | true; done; cat status",
    { cwd },
  );
  quiet(outcome);
  assert.equal(outcome.stdout, "141\n", described(outcome));
});

// 3. A live source

const LIVE: readonly (readonly [format: string, first: string, second: string, end: string])[] = [
  ["csv", "x,y\\n1,a\\n", "2,b\\n", ""],
  ["tsv", "x\\ty\\n1\\ta\\n", "2\\tb\\n", ""],
  ["ndjson", '{"x":1,"y":"a"}\\n', '{"x":2,"y":"b"}\\n', ""],
  ["json", '[\\n{"x":1,"y":"a"},\\n', '{"x":2,"y":"b"}', "]\\n"],
  ["json", '{"x":1,"y":"a"}\\n', '{"x":2,"y":"b"}\\n', ""],
];

for (const [format, first, second, end] of LIVE) {
  test(`live ${format} (${first.slice(0, 1)}): the first record is at the far end before the source writes the second`, async (context) => {
    const cwd = folderWith(context);
    // The source waits at `go` until the test, at the far end, has the first record in its hands.
    const live = startShell(
      `mkfifo go end; { printf '${first}'; read -r < go; printf '${second}'; read -r < end; printf '${end}'; } | ` +
        `jn cat '-~${format}' | jn filter '.x > 0' | jn filter '.z = 1' | jn put - | cat`,
      { cwd },
    );
    context.after(() => live.child.kill("SIGKILL"));
    await until(live, () => live.stdout() === '{"x":1,"y":"a","z":1}\n');
    await release(cwd, "go");
    await until(live, () => live.stdout().endsWith('{"x":2,"y":"b","z":1}\n'));
    await release(cwd, "end");
    const outcome = await live.outcome;
    quiet(outcome);
    assert.equal(outcome.stdout, '{"x":1,"y":"a","z":1}\n{"x":2,"y":"b","z":1}\n', described(outcome));
  });
}

for (const [target, first] of [
  ["-~csv", "x\n1\n"],
  ["-~json", '[\n{"x":1}'],
] as const) {
  test(`live put ${target}: a record is written when it is there`, async (context) => {
    const cwd = folderWith(context);
    const live = startShell(`mkfifo go; { echo '{"x":1}'; read -r < go; } | jn put ${target} | cat`, { cwd });
    context.after(() => live.child.kill("SIGKILL"));
    await until(live, () => live.stdout() === first);
    await release(cwd, "go");
    quiet(await live.outcome);
  });
}

// 4. Backpressure

for (const [kind, stages] of [
  ["csv", "jn cat -~csv | jn filter '.x >= 0' | jn put -"],
  ["ndjson", "jn cat | jn filter '.x = .x' | jn put -"],
  ["json", "jn cat -~json | jn head -n 1G | jn put -"],
] as const) {
  test(`nobody reads: ${stages} takes a bounded number of bytes, and nothing is lost when somebody does`, async (context) => {
    const cwd = folderWith(context);
    const live = startShell(`mkfifo go; generate ${kind} 3000000 taken | ${stages} | { read -r < go; tail -n 1; }`, {
      cwd,
    });
    context.after(() => live.child.kill("SIGKILL"));
    const inFlight = await settled(live, () => numberIn(cwd, "taken"));
    context.diagnostic(`${inFlight} bytes in flight`);
    await release(cwd, "go");
    const outcome = await live.outcome;
    quiet(outcome);
    assert.ok(inFlight < MAX_IN_FLIGHT, `${inFlight} bytes in flight; ${described(outcome)}`);
    const check = await runPipes(`generate ${kind} 3000000 again | jn cat -~${kind} | tail -n 1`, { cwd });
    assert.equal(outcome.stdout, check.stdout, described(outcome));
  });
}

// 5. Extremes that deadlock or damage

test("rows of 100,000 cells pass through every stage unchanged", async (context) => {
  const cwd = folderWith(context);
  const outcome = await runPipes(
    "set -o pipefail; generate wide 2000000 > wide.csv; jn cat wide.csv | jn filter '.c99999 == 99999' | jn put -~csv | cmp - wide.csv",
    { cwd },
  );
  quiet(outcome);
});

test("a record of 50 MB on a single line passes through every stage unchanged", async (context) => {
  const cwd = folderWith(context);
  const outcome = await runPipes(
    `set -o pipefail; { printf '{"a":1,"b":"'; head -c 50000000 /dev/zero | tr '\\0' x; printf '"}\\n'; } > long.ndjson
     jn cat long.ndjson | jn filter '.a == 1' | jn put - | cmp - long.ndjson
     jn cat long.ndjson | jn filter 'select(.b | length == 50000000)' | jn put -~csv | jn cat -~csv | cmp - long.ndjson`,
    { cwd },
  );
  quiet(outcome);
});

test("10 MB on the standard error that a neighbour shares hold nothing up", async (context) => {
  const cwd = folderWith(context);
  const outcome = await runPipes(
    "set -o pipefail; head -c 10000000 /dev/zero >&2 & generate csv 3000000 | jn cat -~csv | jn filter '.x >= 0' | jn put - | wc -l; wait",
    { cwd },
  );
  assert.equal(outcome.status, 0, described(outcome));
  assert.equal(outcome.stderr.length, 10_000_000, described(outcome));
  assert.ok(Number(outcome.stdout) > 1000, described(outcome));
});

test("a standard error that is full, and that nobody reads, stops no stage that has nothing to say", async (context) => {
  const cwd = folderWith(context);
  const outcome = await runPipes(
    `set -o pipefail; mkfifo err; exec 9<>err; head -c 10000000 /dev/zero >&9 & full=$!
     generate csv 3000000 2>&9 | jn cat -~csv 2>&9 | jn filter '.x >= 0' 2>&9 | jn put - 2>&9 | wc -l
     kill $full && echo "was still full"`,
    { cwd },
  );
  assert.equal(outcome.status, 0, described(outcome));
  assert.match(outcome.stdout, /^\d{4,}\nwas still full\n$/, described(outcome));
});

// 6. Descriptors

test(
  "descriptors: a long-running stage has as many open after 5 MB as at its first record",
  { skip: !LINUX },
  async (context) => {
    const cwd = folderWith(context);
    const live = startShell(
      `mkfifo go end; { printf 'id,name,x,city\\n0,a,1,b\\n'; read -r < go; generate csv 5000000 | tail -n +2; read -r < end; } | ` +
        "as cat cat -~csv | as filter filter '.x = .x' | as put put - | cat",
      { cwd },
    );
    context.after(() => live.child.kill("SIGKILL"));
    const count = (): number[] => ["cat", "filter", "put"].map((name) => descriptorsOf(pidIn(cwd, name)!));
    await until(live, () => live.stdout().length > 0);
    const before = count();
    await release(cwd, "go");
    // Every record is longer as JSON than as CSV.
    await until(live, () => live.stdout().length > 5_000_000);
    assert.deepEqual(count(), before);
    await release(cwd, "end");
    quiet(await live.outcome);
  },
);

test("descriptors: every source is closed when it has been read", { skip: !LINUX }, async (context) => {
  const sources = Array.from({ length: 300 }, (_, index) => `${index}.csv`);
  const cwd = folderWith(context, Object.fromEntries(sources.map((name) => [name, "x\n1\n"])));
  const live = startShell(
    `mkfifo one many; said() { while read -r line; do [ "$line" = 0 ] && echo "$1"; done; }
     { echo 0; read -r < one; } | as one cat - | said one &
     { echo 0; read -r < many; } | as many cat ${sources.join(" ")} - | said many; wait`,
    { cwd },
  );
  context.after(() => live.child.kill("SIGKILL"));
  await until(live, () => live.stdout().includes("one") && live.stdout().includes("many"));
  assert.equal(descriptorsOf(pidIn(cwd, "many")!), descriptorsOf(pidIn(cwd, "one")!));
  await release(cwd, "one");
  await release(cwd, "many");
  quiet(await live.outcome);
});

test("put writes what it has read while it reads: the temporary file grows before the input ends", async (context) => {
  const cwd = folderWith(context);
  const live = startShell("mkfifo go; { generate ndjson 3000000; read -r < go; } | jn put out.json", { cwd });
  context.after(() => live.child.kill("SIGKILL"));
  await until(live, () =>
    readdirSync(cwd).some((name) => name.endsWith(".tmp") && statSync(join(cwd, name)).size > 2_500_000),
  );
  await release(cwd, "go");
  quiet(await live.outcome);
});
