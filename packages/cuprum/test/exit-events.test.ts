import assert from "node:assert/strict";
import { setTimeout as after } from "node:timers/promises";
import { describe, test } from "node:test";
import { type Command, defineCatalogue, type ExecutionEvent, pipe, transform } from "cuprum";
import { cat, described, echo, failing, head, seq, sh, sleep, yes } from "./support/programs.ts";
import { Recorder } from "./support/recorder.ts";
import { refuses } from "./support/refusal.ts";

describe("every plan has exactly one exit", { timeout: 60_000 }, () => {
  const folder = (path: string): Command =>
    defineCatalogue({ t: { programs: [{ name: "broken", path }] } }).make("broken")();
  const exitOf = (seen: Recorder, program: string): ExecutionEvent | undefined =>
    seen.events.find((event) => event.phase === "exit" && event.program === program);

  for (const [what, run, executions] of [
    ["ok", (observers) => echo("a").run({ observers }), 1],
    ["failed", (observers) => failing().run({ observers }), 1],
    ["failed and checked", (observers) => refuses(() => failing().run({ observers, check: true }), "EXIT"), 1],
    ["signalled", (observers) => sh("-c", "kill -9 $$").run({ observers }), 1],
    ["timed out", (observers) => sleep(30).run({ observers, timeoutMs: 50 }), 1],
    ["timed out before the start", (observers) => sleep(30).run({ observers, timeoutMs: 0 }), 1],
    [
      "timed out, SIGTERM ignored",
      (observers) =>
        sh("-c", "trap '' TERM; sleep 30 & wait; sleep 30").run({ observers, timeoutMs: 100, graceMs: 50 }),
      1,
    ],
    ["cancelled", (observers) => sleep(30).run({ observers, signal: AbortSignal.timeout(50) }), 1],
    ["cancelled before the start", (observers) => sleep(30).run({ observers, signal: AbortSignal.abort() }), 1],
    ["a pipeline", (observers) => pipe(seq(3), cat(), head()).run({ observers }), 3],
    ["a pipeline whose reader leaves", (observers) => pipe(yes(), head("-n", 1)).run({ observers }), 2],
    ["a pipeline whose first fails", (observers) => pipe(failing(), cat()).run({ observers }), 2],
    ["a pipeline whose last fails", (observers) => pipe(sleep(30), failing()).run({ observers }), 2],
    ["a pipeline that timed out", (observers) => pipe(sleep(30), cat()).run({ observers, timeoutMs: 50 }), 2],
    [
      "a pipeline that timed out before the start",
      (observers) => pipe(sleep(30), cat()).run({ observers, timeoutMs: -1 }),
      1,
    ],
    [
      "a loop that is left",
      async (observers) => {
        for await (const _ of yes().lines({ observers })) break;
      },
      1,
    ],
    [
      "a loop to its end",
      async (observers) => {
        for await (const _ of seq(3).lines({ observers }));
      },
      1,
    ],
    [
      "an input that fails",
      (observers) => refuses(() => cat().run({ observers, stdin: failingInput() }), "INPUT_FAILED"),
      1,
    ],
    [
      "a transform that fails",
      (observers) => refuses(() => pipe(seq(9), transform(failingInput), cat()).run({ observers }), "INPUT_FAILED"),
      2,
    ],
    [
      "a transform that fails at once",
      (observers) =>
        refuses(
          () =>
            pipe(
              seq(9),
              transform(() => {
                throw new Error("no");
              }),
              cat(),
            ).run({ observers }),
          "INPUT_FAILED",
        ),
      2,
    ],
    [
      "a transform that gives nothing to iterate",
      (observers) =>
        refuses(
          () =>
            pipe(
              seq(9),
              transform(() => undefined as never),
              cat(),
            ).run({ observers }),
          "INPUT_FAILED",
        ),
      2,
    ],
    [
      "an output that is not valid",
      (observers) => refuses(() => sh("-c", "printf '\\377'").run({ observers, fatal: true }), "ENCODING"),
      1,
    ],
    [
      "a program that cannot be started",
      (observers) => refuses(() => echo("x".repeat(300_000)).run({ observers }), "SPAWN_FAILED"),
      1,
    ],
    [
      "a later stage that cannot be started",
      (observers) =>
        refuses(() => pipe(sleep(30), folder("/proc/self/mem"), cat()).run({ observers }), "PROGRAM_NOT_FOUND"),
      0,
    ],
    [
      "a later stage that the system refuses",
      (observers) =>
        refuses(() => pipe(sleep(30), echo("x".repeat(300_000)), cat()).run({ observers }), "SPAWN_FAILED"),
      3,
    ],
  ] as const satisfies readonly (readonly [string, (observers: readonly Recorder[]) => Promise<unknown>, number])[]) {
    test(what, async () => {
      const seen = new Recorder({ lines: true });
      await run([seen]);
      seen.assertEveryPlanHasItsExit(executions);
    });
  }

  test("a stage that cannot be started says so; those before it are stopped, those behind it never ran", async () => {
    const seen = new Recorder();
    const error = await refuses(
      () => pipe(sleep(30), echo("x".repeat(300_000)), cat()).run({ observers: [seen] }),
      "SPAWN_FAILED",
    );
    const [slept, echoed, catted] = ["sleep", "echo", "cat"].map((program) => exitOf(seen, program));
    assert.ok(slept?.phase === "exit" && echoed?.phase === "exit" && catted?.phase === "exit");
    assert.deepEqual([slept.status, slept.signal], ["cancelled", "SIGTERM"]);
    assert.deepEqual([echoed.status, echoed.pid], ["failed", undefined]);
    assert.deepEqual([catted.status, catted.pid], ["cancelled", undefined]);
    assert.equal(error.result?.status, "failed");
  });

  test("a command that closes its input early: one stdinError, and all is well", async () => {
    for (let round = 0; round < 20; round++) {
      const seen = new Recorder();
      const result = await sh("-c", "exec <&-; exit 0").run({ stdin: Buffer.alloc(1 << 20), observers: [seen] });
      assert.equal(result.status, "ok", described(result));
      assert.deepEqual(seen.phasesOf("sh"), ["plan", "start", "stdinError", "exit"]);
    }
  });

  test("a command that ends without reading an endless input: one stdinError", async () => {
    async function* endless(): AsyncGenerator<string> {
      yield "a";
      await new Promise(() => {});
    }
    const seen = new Recorder();
    const result = await head("-c", 1).run({ stdin: endless(), observers: [seen] });
    assert.equal(result.stdout, "a", described(result));
    assert.deepEqual(seen.phasesOf("head"), ["plan", "start", "stdinError", "exit"]);
  });
});

async function* failingInput(): AsyncGenerator<string> {
  yield "a\n";
  await after(1);
  throw new Error("the source broke");
}
