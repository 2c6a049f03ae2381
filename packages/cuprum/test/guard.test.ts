import assert from "node:assert/strict";
import { test } from "node:test";
import { type ProcessEntry, childrenOf } from "./support/processes.ts";
import { untilChildrenAreGone, withParent } from "./support/parent.ts";
import { failing, sh } from "./support/programs.ts";
import { until } from "./support/raw-pipe.ts";

const timeout = 60_000;

function guardsOf(pid: number): readonly ProcessEntry[] {
  return childrenOf(pid).filter(({ command }) => command.includes("while read -r change group"));
}

test("many groups end with their parent, and those that had ended before do not matter", { timeout }, async () => {
  const script = `
    for (let round = 0; round < 60; round++) await sh("-c", "exit 0").run({ stderr: "ignore" });
    const running = Array.from({ length: 40 }, () => sh("-c", "exec sleep " + seconds).run());
    for (let round = 0; round < 60; round++) await sh("-c", "exit 0").run({ stderr: "ignore" });
    await Promise.all(running);`;
  await withParent(script, 40, async (parent) => {
    assert.equal(guardsOf(parent.pid).length, 1);
    process.kill(parent.pid, "SIGKILL");
    await untilChildrenAreGone(parent);
  });
});

for (const signal of ["SIGKILL", "SIGTERM"] as const) {
  test(`a guard that was ended by ${signal} is replaced, and knows everything`, { timeout }, async () => {
    const script = `await Promise.all(Array.from({ length: 5 }, () => sh("-c", "exec sleep " + seconds).run()));`;
    await withParent(script, 5, async (parent) => {
      const [first] = guardsOf(parent.pid);
      assert.ok(first !== undefined, "there is no guard");
      process.kill(first.pid, signal);
      await until(
        () => guardsOf(parent.pid).some(({ pid, state }) => pid !== first.pid && state !== "Z"),
        "it is replaced",
      );
      await parent.turn();
      process.kill(parent.pid, "SIGKILL");
      await untilChildrenAreGone(parent);
    });
  });
}

test("the guard does not keep a process alive, and goes when there is nothing to guard", { timeout }, async () => {
  const script = `
    await sh("-c", "echo " + seconds).run();
    console.log("done");`;
  await withParent(script, 0, async (parent) => {
    const { how, printed } = await parent.ended;
    assert.deepEqual([how, printed], [0, "done\n"]);
  });
  await failing().run();
  assert.equal(guardsOf(process.pid).length, 1);
  await until(() => guardsOf(process.pid).length === 0, "the guard is gone");
});

test("the guard goes when what was to be guarded did not start", { timeout }, async () => {
  await assert.rejects(sh("-c", "x".repeat(200_000)).run(), { code: "SPAWN_FAILED" });
  await until(() => guardsOf(process.pid).length === 0, "the guard is gone");
});
