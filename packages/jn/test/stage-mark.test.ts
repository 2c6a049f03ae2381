import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { described, folderWith, type Outcome, runShell } from "./support/jn.ts";

const GOOD = "a,b\n1,2\n";
const BROKEN = "a,b\n1,2\n3\n";

/** Runs a pipeline in a folder with its own folder for marks; reports what is left of the marks, too. */
async function inFolder(
  context: Parameters<typeof folderWith>[0],
  command: string,
): Promise<{ readonly outcome: Outcome; readonly folder: string; readonly marks: readonly string[] }> {
  const folder = folderWith(context, { "good.csv": GOOD, "broken.csv": BROKEN, "out.json": "before\n" });
  const runtime = folderWith(context);
  const outcome = await runShell(command, { cwd: folder, env: { ...process.env, XDG_RUNTIME_DIR: runtime } });
  const marks = readdirSync(runtime).flatMap((name) => readdirSync(join(runtime, name)));
  return { outcome, folder, marks };
}

const FAILING: readonly (readonly [name: string, pipeline: string, status: string, message: RegExp])[] = [
  [
    "a source with bad data",
    "jn cat broken.csv | jn put out.json",
    "3 3",
    /jn put: jn cat failed, so out\.json is left as it was: broken\.csv:3:1/,
  ],
  ["a missing source", "jn cat none.csv | jn put out.json", "4 4", /jn cat failed, so out\.json .*none\.csv/],
  [
    "a wrong flag upstream",
    "jn cat --nope | jn put out.json",
    "2 2",
    /jn cat failed, so out\.json is left as it was: there is no flag --nope/,
  ],
  ["a failure two stages up", "jn cat broken.csv | jn filter . | jn put out.json", "3 3 3", /jn put: jn cat failed/],
  [
    "a filter that fails",
    "jn cat good.csv | jn filter '.a | keys' | jn put out.json",
    "0 3 3",
    /jn put: jn filter failed/,
  ],
  ["one of two writers", "(jn cat broken.csv; jn cat good.csv) | jn put out.json", "0 3", /jn put: jn cat failed/],
];

for (const [name, pipeline, status, message] of FAILING) {
  test(`put leaves its target as it was after ${name}, and says so`, { timeout: 60_000 }, async (context) => {
    const { outcome, folder, marks } = await inFolder(context, `${pipeline}; echo "\${PIPESTATUS[*]}"`);
    assert.equal(outcome.stdout, `${status}\n`, described(outcome));
    assert.match(outcome.stderr, message, described(outcome));
    assert.equal(readFileSync(join(folder, "out.json"), "utf8"), "before\n", described(outcome));
    assert.deepEqual(readdirSync(folder).toSorted(), ["broken.csv", "good.csv", "out.json"], described(outcome));
    assert.deepEqual(marks, [], "a mark is left behind");
  });
}

test("put leaves its target as it was when a stage upstream is killed", { timeout: 60_000 }, async (context) => {
  const { outcome, folder, marks } = await inFolder(
    context,
    `mkfifo in; (exec 3<>in; echo 1 >&3; sleep 600) & holder=$!
     { jn cat in~ndjson & echo $! >pid; wait; } | jn put out.json & writer=$!
     until [ -s pid ]; do sleep 0.1; done
     until ls "$XDG_RUNTIME_DIR"/jn-*/*-"$(pgrep -P "$(cat pid)" || cat pid)"; do sleep 0.1; done >/dev/null 2>&1; pkill -9 -P "$(cat pid)" ; kill -9 "$(cat pid)"
     wait $writer; echo "status $?"; kill $holder`,
  );
  assert.match(outcome.stdout, /status 137/, described(outcome));
  assert.match(
    outcome.stderr,
    /jn put: jn cat failed, so out\.json is left as it was: it was killed/,
    described(outcome),
  );
  assert.equal(readFileSync(join(folder, "out.json"), "utf8"), "before\n", described(outcome));
  assert.deepEqual(marks, [], "a mark is left behind");
});

test(
  "a pipeline that went well leaves no mark, and one whose reader left neither",
  { timeout: 60_000 },
  async (context) => {
    const { outcome, folder, marks } = await inFolder(
      context,
      "jn cat good.csv | jn filter '.a' | jn put out.json; yes 1 | jn cat | head -n 1; jn cat good.csv | cat; jn --help | head -n 1",
    );
    assert.equal(outcome.stderr, "", described(outcome));
    assert.equal(readFileSync(join(folder, "out.json"), "utf8"), "[\n1\n]\n", described(outcome));
    assert.deepEqual(marks, []);
  },
);

test("a folder for marks that others could write to is not used", { timeout: 60_000 }, async (context) => {
  const folder = folderWith(context, { "broken.csv": BROKEN });
  const runtime = folderWith(context);
  const marks = join(runtime, `jn-${process.getuid?.()}`);
  const command = `mkdir -m 777 '${marks}'; jn cat broken.csv | jn put out.json; echo "\${PIPESTATUS[*]}"`;
  const outcome = await runShell(command, { cwd: folder, env: { ...process.env, XDG_RUNTIME_DIR: runtime } });
  assert.equal(outcome.stdout, "3 0\n", described(outcome));
  assert.equal(existsSync(join(folder, "out.json")), true, described(outcome));
});

test("a foreign mark in the folder harms nothing", { timeout: 60_000 }, async (context) => {
  const folder = folderWith(context, { "good.csv": GOOD });
  const runtime = folderWith(context);
  const command = `mkdir -m 700 '${runtime}'/jn-$(id -u); echo garbage >'${runtime}'/jn-$(id -u)/x; jn cat good.csv | jn put -`;
  writeFileSync(join(folder, "unused"), "");
  const outcome = await runShell(command, { cwd: folder, env: { ...process.env, XDG_RUNTIME_DIR: runtime } });
  assert.equal(outcome.stdout, '{"a":1,"b":2}\n', described(outcome));
});
