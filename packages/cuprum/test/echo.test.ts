import assert from "node:assert/strict";
import { PassThrough, Writable } from "node:stream";
import { test } from "node:test";
import { runConcurrent } from "cuprum";
import { described, echo, seq } from "./support/programs.ts";

const timeout = 30_000;

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

test("a sink that breaks does not stop the command, and the result has its error", { timeout }, async () => {
  const sink = new Writable({ write: (_chunk, _encoding, done) => done(new Error("the sink is broken")) });
  const result = await seq(100_000).run({ echo: { stdout: sink } });
  assert.equal(result.status, "ok", described(result));
  assert.equal(result.stdout.length, 588_895);
  assert.match(String(result.observerErrors[0]), /the sink is broken/);
});
