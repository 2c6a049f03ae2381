// tee and split write several files at once: all of them appear, or none, whatever ends the command.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { described, failed, folderWith, JN_PATH, runJn, succeeded } from "./support/jn.ts";
import { pidIn, runPipes, startShell, until } from "./support/live.ts";

const OLD = "what was there before\n";
const RECORDS = Array.from({ length: 30_000 }, (_, id) => `{"id":${id},"x":${id % 3}}\n`).join("");

const COMMANDS = [
  { command: ["tee", "out-0.json", "out-1.csv", "out-2.ndjson"], targets: ["out-0.json", "out-1.csv", "out-2.ndjson"] },
  { command: ["split", "--by", "x", "out-{}.json"], targets: ["out-0.json", "out-1.json", "out-2.json"] },
  { command: ["split", "-n", "20000", "out-{}.csv"], targets: ["out-1.csv", "out-2.csv"] },
];

for (const { command, targets } of COMMANDS) {
  const said = command.join(" ");
  const before = Object.fromEntries([[targets[0]!, OLD]]);
  const assertUnchanged = (cwd: string, what: string): void => {
    assert.equal(readFileSync(join(cwd, targets[0]!), "utf8"), OLD, what);
    for (const target of targets.slice(1)) assert.ok(!namesIn(cwd).includes(target), `${target}: ${what}`);
  };

  for (const signal of ["SIGTERM", "SIGINT", "SIGKILL"] as const) {
    test(`${signal} while jn ${said} writes: every file is as it was`, { timeout: 60_000 }, async (context) => {
      const cwd = folderWith(context, before);
      const child = spawn(process.execPath, [JN_PATH, ...command], { cwd, stdio: ["pipe", "ignore", "pipe"] });
      context.after(() => child.kill("SIGKILL"));
      child.stdin.on("error", () => undefined);
      child.stdin.write(RECORDS);
      while (!temporaryFiles(cwd).some((bytes) => bytes > 100_000)) await new Promise((go) => setTimeout(go, 5));
      child.kill(signal);
      assert.deepEqual((await once(child, "close")) as unknown[], [null, signal]);
      assertUnchanged(cwd, signal);
      if (signal !== "SIGKILL") assert.deepEqual(namesIn(cwd), [targets[0]]);
    });
  }

  test(`jn ${said} when the stage before it fails: every file is as it was`, { timeout: 60_000 }, async (context) => {
    const cwd = folderWith(context, { ...before, "broken.ndjson": `${RECORDS}{"id":` });
    const words = command.map((word) => `'${word}'`).join(" ");
    const outcome = await runPipes(`jn cat broken.ndjson | jn ${words} > /dev/null; echo $?`, { cwd });
    assert.equal(outcome.stdout, "3\n", described(outcome));
    assert.match(
      outcome.stderr,
      new RegExp(`^jn ${command[0]}: jn( cat)? failed, so .* left as `, "m"),
      described(outcome),
    );
    assertUnchanged(cwd, described(outcome));
    assert.deepEqual(temporaryFiles(cwd), [], described(outcome));
  });

  test(
    `jn ${said} with a folder in the way of its last file: every file is as it was`,
    { timeout: 60_000 },
    async (context) => {
      const cwd = folderWith(context, before);
      mkdirSync(join(cwd, targets.at(-1)!));
      const outcome = await runJn(command, { cwd, input: RECORDS });
      failed(outcome, 4, new RegExp(`^jn ${command[0]}: cannot create ${targets.at(-1)!}: it is a directory`, "m"));
      assert.equal(readFileSync(join(cwd, targets[0]!), "utf8"), OLD, described(outcome));
      assert.deepEqual(namesIn(cwd), [targets[0], targets.at(-1)], described(outcome));
    },
  );
}

const UPSTREAM = "yes '{\"a\":1}' | head -n 30000";

test("a device that takes no more fails all, and stays a device", { timeout: 60_000 }, async (context) => {
  const cwd = folderWith(context, { "out.json": OLD });
  if (!existsSync("/dev/full")) return context.skip("there is no /dev/full");
  const outcome = await runPipes(`${UPSTREAM} | jn tee out.json /dev/full~csv > printed`, { cwd });
  failed(outcome, 4, /^jn tee: cannot write \/dev\/full: no space left on the device/m);
  assert.equal(readFileSync(join(cwd, "out.json"), "utf8"), OLD);
  assert.deepEqual(temporaryFiles(cwd), []);
  assert.ok(statSync("/dev/full").isCharacterDevice());
});

for (const [command, name] of [
  ["tee way.csv", "way.csv"],
  ["split -n 30000 'way-{}.csv'", "way-1.csv"],
] as const) {
  test(`regression: jn ${command} put a file in the place of a FIFO`, { timeout: 60_000 }, async (context) => {
    const cwd = folderWith(context);
    const outcome = await runPipes(
      `mkfifo ${name}; wc -l < ${name} > lines & ${UPSTREAM} | jn ${command} > printed; status=$?; wait; cat lines; exit $status`,
      { cwd },
    );
    assert.equal(succeeded(outcome).trim(), "30001", described(outcome));
    assert.ok(statSync(join(cwd, name)).isFIFO(), described(outcome));
  });
}

test("tee to processes of bash: one that leaves costs the others nothing", { timeout: 60_000 }, async (context) => {
  const cwd = folderWith(context);
  const outcome = await runPipes(
    `${UPSTREAM} | jn tee >(head -n 1 > first; echo > left) >(wc -l > counted; echo > done) > printed
     status=$?; until [ -e left ] && [ -e done ]; do sleep 0.05; done; cat first counted; wc -l < printed; exit $status`,
    { cwd },
  );
  assert.equal(succeeded(outcome), '{"a":1}\n30000\n30000\n', described(outcome));
});

test(
  "tee to a FIFO that nobody reads ends by a signal",
  { timeout: 60_000, skip: process.platform === "linux" ? false : "it takes /proc" },
  async (context) => {
    const cwd = folderWith(context);
    const live = startShell("mkfifo way; sleep 60 | as tee tee way~csv", { cwd, ownGroup: true });
    context.after(() => spawnSync("kill", ["-KILL", "--", `-${live.child.pid}`]));
    const pid = await until(live, () => pidIn(cwd, "tee"));
    // From then on only jn itself can end by it.
    await until(live, () => catches(pid, SIGTERM));
    process.kill(pid, "SIGTERM");
    await until(live, () => !existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(statusOf(pid)));
  },
);

/** Whether the process has a handler for the signal. */
function catches(pid: number, signal: number): boolean {
  const [, mask] = /^SigCgt:\s+([0-9a-f]+)$/m.exec(statusOf(pid)) ?? [];
  return ((BigInt(`0x${mask ?? "0"}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}

const SIGTERM = 15;

function namesIn(folder: string): string[] {
  return readdirSync(folder).toSorted();
}

/** How large the files are that are still to be put in their places. */
function temporaryFiles(folder: string): number[] {
  return namesIn(folder)
    .filter((name) => name.endsWith(".tmp"))
    .map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
}
