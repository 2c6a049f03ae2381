import assert from "node:assert/strict";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { PassThrough, Writable } from "node:stream";
import { test } from "node:test";
import { CuprumError, pipe, runConcurrent } from "cuprum";
import { runningWith, uniqueSeconds } from "./support/processes.ts";
import { described, echo, sh } from "./support/programs.ts";

const timeout = 30_000;

/** A sink that takes one chunk at a time, and each only after a while. */
class SlowSink extends Writable {
  bytes = 0;

  constructor() {
    super({ highWaterMark: 1 });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.bytes += chunk.length;
    setTimeout(done, 2);
  }
}

test("several stages that print errors share a slow sink", { timeout }, async () => {
  const sink = new SlowSink();
  const noisy = (): ReturnType<typeof sh> => sh("-c", "head -c 500000 /dev/zero >&2; cat");
  const result = await pipe(noisy(), noisy(), noisy()).run({ echo: { stderr: sink } });
  assert.equal(result.status, "ok", described(result));
  assert.equal(sink.bytes, 1_500_000);
});

test("a sink that had been destroyed before does not stop a command", { timeout }, async () => {
  const sink = new SlowSink();
  sink.destroy();
  await once(sink, "close");
  const result = await sh("-c", "seq 100000").run({ echo: { stdout: sink } });
  assert.deepEqual([result.status, result.stdout.length], ["ok", 588_895], described(result));
  assert.equal(result.observerErrors.length, 1);
});

test("a sink that breaks in the middle does not stop a command", { timeout }, async () => {
  let calls = 0;
  const fault = new Error("of the sink");
  const sink = new Writable({ write: (_chunk, _encoding, done) => done(++calls > 2 ? fault : null) });
  const result = await sh("-c", "seq 100000").run({ echo: { stdout: sink } });
  assert.deepEqual([result.status, result.stdout.length], ["ok", 588_895], described(result));
  assert.deepEqual(result.observerErrors, [fault]);
});

test("a sink that is closed while a command waits for it does not keep the command", { timeout }, async () => {
  const sink = new Writable({ highWaterMark: 1, write: () => setTimeout(() => sink.destroy(), 50) });
  const result = await sh("-c", "seq 100000").run({ echo: { stdout: sink } });
  assert.deepEqual([result.status, result.stdout.length], ["ok", 588_895], described(result));
});

test("a sink that never takes more does not delay a time limit", { timeout }, async () => {
  const sink = new Writable({ highWaterMark: 1, write: () => {} });
  const result = await sh("-c", "seq 100000").run({ echo: { stdout: sink }, timeoutMs: 300, lingerMs: 50 });
  assert.equal(result.status, "timedOut", described(result));
});

test("something that is no sink is an error, and nothing is left running", { timeout }, async () => {
  const seconds = uniqueSeconds();
  const sink = { write: () => true } as unknown as Writable;
  await assert.rejects(sh("-c", `exec sleep ${seconds}`).run({ echo: { stdout: sink } }), TypeError);
  assert.deepEqual(runningWith(seconds), []);
});

test("output that cannot be written is an error, not a success", { timeout }, async () => {
  const seconds = uniqueSeconds();
  const fd = openSync("/dev/full", "w");
  try {
    // A copy makes the bytes pass through us: the command itself is not told.
    const running = sh("-c", `seq 10; exec sleep ${seconds}`).run({ stdout: { fd }, echo: { stdout: new SlowSink() } });
    await assert.rejects(running, (error) => {
      assert.ok(error instanceof CuprumError && error.code === "OUTPUT_FAILED", String(error));
      assert.equal(error.result?.ok, false);
      return true;
    });
    assert.deepEqual(runningWith(seconds), []);
  } finally {
    closeSync(fd);
  }
});

test("a sink that many commands echo to has one set of listeners", { timeout }, async () => {
  const sink = new PassThrough();
  sink.resume();
  let most = 0;
  const observers = [{ onEvent: () => void (most = Math.max(most, sink.listenerCount("drain"))) }];
  const work = Array.from({ length: 20 }, (_, index) => echo(index));
  const before = sink.listenerCount("drain");
  const { ok } = await runConcurrent(work, { echo: { stdout: sink }, observers });
  assert.ok(ok);
  assert.equal(most, before + 1);
  assert.equal(sink.listenerCount("drain"), before);
});
