import assert from "node:assert/strict";
import { test } from "node:test";
import { pipe } from "cuprum";
import { cat, described, failing, head, seq, sleep, tr, yes } from "./support/programs.ts";

const timeout = 30_000;

for (const [wiring, countBytes] of [
  ["kernel", false],
  ["tapped", true],
] as const) {
  test(`${wiring} hop: what a stage prints is what the next one reads`, { timeout }, async () => {
    const result = await pipe(seq(100_000), cat(), tr("0-9", "a-j")).run({ countBytes, maxCaptureBytes: 2 ** 20 });
    assert.equal(result.status, "ok", described(result));
    assert.equal(result.stdout.length, 588_895, described(result));
    assert.ok(
      result.hops.every((hop) => hop.wiring === wiring),
      described(result),
    );
    assert.deepEqual(
      result.hops.map(({ bytes }) => bytes),
      countBytes ? [588_895, 588_895] : [null, null],
    );
  });

  test(`${wiring} hop: an endless producer ends by SIGPIPE when its consumer leaves`, { timeout }, async () => {
    const result = await pipe(yes(), head("-n", 1)).run({ countBytes });
    assert.equal(result.status, "ok", described(result));
    assert.equal(result.stdout, "y\n");
    assert.equal(result.stages[0]?.signal, "SIGPIPE", described(result));
    assert.equal(result.failure, undefined, described(result));
  });

  test(`${wiring} hop: a last stage that fails stops those before it`, { timeout }, async () => {
    const result = await pipe(sleep(60), failing()).run({ countBytes });
    assert.equal(result.status, "failed", described(result));
    assert.equal(result.failure?.index, 1, described(result));
    assert.equal(result.stages[0]?.status, "cancelled", described(result));
  });
}
