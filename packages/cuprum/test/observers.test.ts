import assert from "node:assert/strict";
import { setTimeout as after } from "node:timers/promises";
import { describe, test } from "node:test";
import { type ExecutionEvent, pipe } from "cuprum";
import { cat, described, echo, head, seq, sh, yes } from "./support/programs.ts";
import { Recorder } from "./support/recorder.ts";

const PHASES = ["plan", "start", "stdout", "stderr", "stdin", "stdinError", "exit"] as const;

describe("observers that misbehave", { timeout: 60_000 }, () => {
  /** More than a pipe holds, on both streams, from a stage in the middle and from the last one. */
  const busy = (): ReturnType<typeof pipe> =>
    pipe(sh("-c", "yes x | head -c 300000; yes y | head -c 300000 >&2"), cat());

  for (const phase of PHASES) {
    for (const [how, misbehave] of [
      [
        "throws",
        () => {
          throw new Error(`on ${phase}`);
        },
      ],
      ["rejects", () => Promise.reject(new Error(`on ${phase}`))],
      [
        "gives a thenable that rejects",
        () => {
          // oxlint-disable-next-line unicorn/no-thenable -- a promise of another library
          const other = { then: (_: unknown, reject: (error: Error) => void) => reject(new Error(`on ${phase}`)) };
          return other as Promise<void>;
        },
      ],
    ] as const satisfies readonly (readonly [string, () => void | Promise<void>])[]) {
      test(`one that ${how} on ${phase} harms nobody, and its faults are kept`, async () => {
        const seen = new Recorder({ lines: true });
        let faults = 0;
        const bad = {
          lines: true,
          onEvent(event: ExecutionEvent): void | Promise<void> {
            if (event.phase !== phase) return undefined;
            faults++;
            return misbehave();
          },
        };
        const stdin = phase === "stdinError" ? Buffer.alloc(1 << 20) : { text: "a" };
        const first = phase === "stdinError" ? pipe(head("-c", 1), busy()) : pipe(cat(), busy());
        const result = await first.run({ stdin, observers: [bad, seen] });
        assert.equal(result.status, "ok", described(result));
        assert.equal(result.stdout.length, 300_000);
        assert.equal(result.stages[1]?.stderr.length, 64 * 1024);
        seen.assertEveryPlanHasItsExit(3);
        assert.ok(faults > 0 && result.observerErrors.length > 0, described(result));
        assert.ok(result.observerErrors.length <= faults, described(result));
        for (const error of result.observerErrors) assert.equal((error as Error).message, `on ${phase}`);
      });
    }
  }

  test("a slow observer of lines gets every line, and the command waits for it", async () => {
    let working = 0;
    let most = 0;
    let length = 0;
    const slow = {
      lines: true,
      async onEvent(event: ExecutionEvent): Promise<void> {
        if (event.phase !== "stdout" || event.stage.index !== 0) return;
        most = Math.max(most, ++working);
        await after(2);
        working--;
        for (const line of event.lines) length += line.length + 1;
      },
    };
    const result = await pipe(seq(100_000), cat()).run({ observers: [slow] });
    assert.equal(length, 588_895, described({ ...result, stdout: "" }));
    assert.equal(result.stdout.length, 588_895);
    assert.equal(most, 1);
  });

  test("the result waits for what observers still do", async () => {
    let isDone = false;
    const slow = {
      async onEvent({ phase }: ExecutionEvent): Promise<void> {
        if (phase !== "start") return;
        await after(200);
        isDone = true;
      },
    };
    await echo("a").run({ observers: [slow] });
    assert.ok(isDone);
  });

  test("one that never settles on lines cannot hold a command past its time limit", async () => {
    const stuck = {
      lines: true,
      onEvent: ({ phase }: ExecutionEvent): void | Promise<void> =>
        phase === "stdout" ? new Promise<void>(() => {}) : undefined,
    };
    const result = await yes().run({ observers: [stuck], timeoutMs: 200, stdout: "ignore" });
    assert.equal(result.status, "timedOut", described(result));
  });

  test("of many faults ten are kept", async () => {
    const bad = {
      lines: true,
      onEvent(): void {
        throw new Error("again");
      },
    };
    const result = await pipe(seq(500_000), cat(), cat()).run({ observers: [bad], stdout: "ignore" });
    assert.equal(result.observerErrors.length, 10, described(result));
  });

  test("an observer that runs a command itself", async () => {
    let inner = "";
    const nested = {
      async onEvent({ phase }: ExecutionEvent): Promise<void> {
        if (phase === "exit") inner = (await echo("inner").run()).stdout;
      },
    };
    const result = await echo("outer").run({ observers: [nested] });
    assert.deepEqual([result.stdout, inner], ["outer\n", "inner\n"]);
  });
});
