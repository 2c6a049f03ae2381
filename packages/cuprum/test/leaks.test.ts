import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CuprumError, pipe } from "cuprum";
import { childrenOf } from "./support/processes.ts";
import { cat, failing, head, seq, sh, sleep, yes } from "./support/programs.ts";
import { openDescriptors, turns, until } from "./support/raw-pipe.ts";

const HEAVY = process.env["JN_TEST_HEAVY"] === "1";
const ROUNDS = HEAVY ? 10_000 : 100;
const AT_ONCE = 8;
const timeout = HEAVY ? 2_400_000 : 120_000;

/** Every way to end; each leaves what `expected` says. */
const WAYS: readonly (() => Promise<string>)[] = [
  async () => (await pipe(seq(10), cat()).run()).status,
  async () => (await pipe(seq(10), cat()).run({ countBytes: true, stderr: "ignore" })).status,
  async () => (await pipe(failing(), cat()).run()).status,
  async () => (await pipe(sleep(61), failing()).run({ countBytes: true })).status,
  async () => (await pipe(sleep(61), cat()).run({ timeoutMs: 5 })).status,
  async () => (await pipe(yes(), head("-n", 1)).run({ stderr: "ignore" })).status,
  async () => (await cat().run({ stdin: { text: "x".repeat(100_000) }, maxCaptureBytes: 10 })).status,
  async () => {
    for await (const line of pipe(yes(), cat()).lines()) return line;
    return "nothing";
  },
  async () => {
    const error: unknown = await pipe(sleep(61), sh("-c", "x".repeat(200_000)))
      .run()
      .catch((error: unknown) => error);
    return error instanceof CuprumError ? error.code : String(error);
  },
  async () => (await pipe(sleep(61), cat()).run({ signal: AbortSignal.timeout(3), countBytes: true })).status,
];
const EXPECTED = ["ok", "ok", "failed", "failed", "timedOut", "ok", "ok", "y", "SPAWN_FAILED", "cancelled"];

async function inRounds(rounds: number): Promise<void> {
  let round = 0;
  const worker = async (): Promise<void> => {
    while (round < rounds) {
      const way = round++ % WAYS.length;
      assert.equal(await WAYS[way]?.(), EXPECTED[way]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

test(`${ROUNDS} pipelines, ended in every way, leave no descriptor, child or file behind`, { timeout }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "cuprum-test-"));
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    await inRounds(3 * WAYS.length);
    await noChildren();
    const descriptors = openDescriptors();
    const handles = process.getActiveResourcesInfo().toSorted();
    await inRounds(ROUNDS);
    await noChildren();
    await turns();
    assert.deepEqual(openDescriptors(), descriptors);
    assert.deepEqual(process.getActiveResourcesInfo().toSorted(), handles);
    assert.deepEqual(readdirSync(folder), []);
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    rmSync(folder, { recursive: true });
  }
});

/** The guard is a child, too; it goes when there is nothing to guard. */
async function noChildren(): Promise<void> {
  await until(
    () => childrenOf(process.pid).length === 0,
    `these have ended: ${JSON.stringify(childrenOf(process.pid))}`,
  );
}
