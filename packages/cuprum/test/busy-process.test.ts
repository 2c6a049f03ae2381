import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type ExecutionEvent, pipe } from "cuprum";
import { described, sh } from "./support/programs.ts";

const timeout = 30_000;

const word = new Int32Array(new SharedArrayBuffer(4));

/** Keeps this process from everything else, as a long computation does, until something is so. */
function sleepUntil(isSo: () => boolean): void {
  const latest = performance.now() + 20_000;
  do Atomics.wait(word, 0, 0, 10);
  while (!isSo() && performance.now() < latest);
}

/** The same for some time. */
function sleepFor(ms: number): void {
  const end = performance.now() + ms;
  sleepUntil(() => performance.now() > end);
}

/** Whether a child has ended, whether we have been told or not. */
function hasEnded(pid: number | undefined): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1").includes(") Z ");
  } catch {
    // It has been reaped.
    return true;
  }
}

test("who is busy for longer than lingerMs between lines misses none", { timeout }, async () => {
  let count = 0;
  for await (const line of sh("-c", "seq 20000").lines({ lingerMs: 20 })) {
    count++;
    assert.equal(line, String(count));
    if (count % 4000 === 0) sleepFor(60);
  }
  assert.equal(count, 20_000);
});

test("who is busy for longer than lingerMs between chunks misses none", { timeout }, async () => {
  let bytes = 0;
  for await (const chunk of sh("-c", "exec head -c 1000000 /dev/zero").bytes({ lingerMs: 20 })) {
    bytes += chunk.length;
    sleepFor(40);
  }
  assert.equal(bytes, 1_000_000);
});

test("which stage failed first does not depend on when we look", { timeout }, async () => {
  let first: number | undefined;
  const onEvent = (event: ExecutionEvent): void => {
    if (event.phase === "start" && event.stage.index === 0) first = event.pid;
    // The second has ended; the first does while we compute.
    if (event.phase === "exit" && event.stage.index === 1) {
      sleepUntil(() => hasEnded(first));
      sleepFor(100);
    }
  };
  const result = await pipe(sh("-c", "sleep 0.02; exit 3"), sh("-c", "exit 4")).run({ observers: [{ onEvent }] });
  assert.deepEqual([result.failure?.index, result.stages[0]?.status], [0, "failed"], described(result));
});

test("who ended in time was in time, also when we look too late", { timeout }, async () => {
  const limitMs = 3000;
  const isOver = performance.now() + limitMs + 200;
  const onEvent = (event: ExecutionEvent): void => {
    if (event.phase !== "start") return;
    const { pid } = event;
    // The limit is over, and its timer due, when this is done.
    setTimeout(() => sleepUntil(() => hasEnded(pid) && performance.now() > isOver), 0);
  };
  const options = { stdout: "ignore", stderr: "ignore", observers: [{ onEvent }] } as const;
  const result = await sh("-c", "exit 0").run({ ...options, timeoutMs: limitMs });
  assert.equal(result.status, "ok", described(result));
});
