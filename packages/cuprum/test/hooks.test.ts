import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { describe, test } from "node:test";
import { CuprumError, defaultCatalogue, type ExecutionEvent, pipe, runConcurrent, scoped, secret } from "cuprum";
import { folderWith } from "./support/folder.ts";
import { cat, described, echo, failing, seq, sleep } from "./support/programs.ts";
import { refuses } from "./support/refusal.ts";

const timeout = 30_000;
const touch = defaultCatalogue.make("touch");

describe("the order of hooks", { timeout }, () => {
  test("before: outer scopes first, in the order of registration; after: the other way round", async () => {
    const calls: string[] = [];
    const hook =
      (name: string): (() => Promise<void>) =>
      async () => {
        await after(5);
        calls.push(name);
      };
    await scoped({ before: [hook("b1"), hook("b2")], after: [hook("a1"), hook("a2")] }, (outer) =>
      scoped({ before: hook("b3"), after: hook("a3") }, async (inner) => {
        inner.before(hook("b5"));
        outer.before(hook("b4"));
        inner.after(hook("a5"));
        outer.after(hook("a4"));
        await echo("a").run();
      }),
    );
    assert.equal(calls.join(" "), "b1 b2 b4 b3 b5 a5 a3 a4 a2 a1");
  });

  test("a pipeline: every before is over before the first start, an after for every stage", async () => {
    const calls: string[] = [];
    await scoped(
      {
        before: ({ program }) => void calls.push(`before ${program}`),
        after: ({ program }, { status }) => void calls.push(`after ${program} ${status}`),
        observers: [{ onEvent: ({ phase, program }) => void (phase === "start" && calls.push(`start ${program}`)) }],
      },
      () => pipe(seq(3), cat()).run(),
    );
    assert.deepEqual(calls.slice(0, 4), ["before seq", "before cat", "start seq", "start cat"]);
    assert.deepEqual(calls.slice(4).toSorted(), ["after cat ok", "after seq ok"]);
  });

  test("detached in any order, and twice, the others stay", async () => {
    const calls: string[] = [];
    await scoped({}, async (scope) => {
      const hooks = ["1", "2", "3"].map((name) => scope.before(() => void calls.push(name)));
      const observed = scope.observe({ onEvent: ({ phase }) => void (phase === "exit" && calls.push("exit")) });
      await echo("a").run();
      hooks[0]?.detach();
      hooks[1]?.detach();
      hooks[0]?.detach();
      await echo("a").run();
      hooks[2]?.detach();
      observed.detach();
      await echo("a").run();
    });
    assert.equal(calls.join(" "), "1 2 3 exit 3 exit");
  });

  test("the same hook registered twice runs twice, and is detached once at a time", async () => {
    let calls = 0;
    await scoped({}, async (scope) => {
      const hook = (): void => void calls++;
      const first = scope.before(hook);
      scope.before(hook);
      await echo("a").run();
      first.detach();
      await echo("a").run();
    });
    assert.equal(calls, 3);
  });

  test("a hook that is added while a command runs is for later ones", async () => {
    let calls = 0;
    await scoped({}, async (scope) => {
      await scoped({ before: () => void scope.after(() => void calls++) }, () => echo("a").run());
      assert.equal(calls, 0);
      await echo("a").run();
      assert.equal(calls, 1);
    });
  });
});

describe("what hooks are told", { timeout }, () => {
  test("the command, secrets redacted, and how it ended", async (context) => {
    const cwd = folderWith(context);
    const seen: unknown[] = [];
    await scoped(
      {
        before: (command) => void seen.push(command),
        after: (command, result) => void seen.push(command, result.status, result.exitCode, result.stderr),
      },
      () => cat(secret("no-such-file")).run({ cwd }),
    );
    const command = { program: "cat", project: "core-ops", args: ["[redacted]"], cwd };
    assert.deepEqual(seen.slice(0, 4), [command, command, "failed", 1]);
    assert.match(String(seen[4]), /No such file/);
  });

  test("what a hook changes, nobody else sees", async () => {
    const errors: unknown[] = [];
    await scoped(
      {
        before: ({ args }) => {
          try {
            (args as string[])[0] = "changed";
          } catch (error) {
            errors.push(error);
          }
        },
      },
      async () => {
        const result = await echo("a").run();
        assert.deepEqual([result.stdout, result.args], ["a\n", ["a"]], described(result));
      },
    );
    assert.ok(errors[0] instanceof TypeError);
  });

  test("after-hooks are told of failures, timeouts and cancellations", async () => {
    const ends: string[] = [];
    await scoped({ after: ({ program }, { status }) => void ends.push(`${program} ${status}`) }, async () => {
      await failing().run();
      await refuses(() => failing().run({ check: true }), "EXIT");
      await sleep(30).run({ timeoutMs: 100 });
      await sleep(30).run({ signal: AbortSignal.timeout(100) });
      await pipe(sleep(30), failing()).run();
    });
    assert.deepEqual(ends.slice(0, 4), ["false failed", "false failed", "sleep timedOut", "sleep cancelled"]);
    assert.deepEqual(ends.slice(4).toSorted(), ["false failed", "sleep cancelled"]);
  });
});

describe("hooks that throw", { timeout }, () => {
  test("before: nothing starts, and every planned command has its exit", async (context) => {
    const marker = join(folderWith(context), "marker");
    const events: ExecutionEvent[] = [];
    const veto = new RangeError("not on a Saturday");
    const error = await scoped(
      {
        before: ({ program }) => {
          if (program === "cat") throw veto;
        },
        observers: [{ onEvent: (event) => void events.push(event) }],
      },
      () => refuses(() => pipe(touch(marker), cat(), seq(1)).run(), "HOOK_FAILED", /not on a Saturday/),
    );
    assert.equal(error.cause, veto);
    assert.equal(existsSync(marker), false);
    const shown = events.map(({ phase, program }) => `${phase} ${program}`);
    assert.deepEqual(shown.slice(0, 2), ["plan touch", "plan cat"]);
    assert.deepEqual(shown.slice(2).toSorted(), ["exit cat", "exit touch"]);
    assert.equal(error.result?.pid, undefined);
  });

  test("before: a rejection is a refusal, too, and the hooks behind it are not asked", async () => {
    let isAsked = false;
    await scoped({ before: [() => Promise.reject(new Error("no")), () => void (isAsked = true)] }, () =>
      refuses(() => echo("a").run(), "HOOK_FAILED", /a hook prevented echo a: no/),
    );
    assert.equal(isAsked, false);
  });

  test("before: for await gets the refusal", async () => {
    const veto = (): void => {
      throw new Error("no");
    };
    await scoped({ before: veto }, () =>
      refuses(async () => {
        for await (const line of echo("a").lines()) assert.fail(line);
      }, "HOOK_FAILED"),
    );
  });

  test("after: the run fails with the result attached, and every other hook and stage is told", async () => {
    const calls: string[] = [];
    const bad = (): void => {
      throw new Error("after all");
    };
    const error = await scoped(
      { after: [({ program }) => void calls.push(program), bad, ({ program }) => void calls.push(program)] },
      () => refuses(() => pipe(seq(3), cat()).run(), "HOOK_FAILED", /a hook failed after seq 3 \| cat: after all/),
    );
    assert.deepEqual(calls.toSorted(), ["cat", "cat", "seq", "seq"]);
    const { result } = error;
    assert.ok(result !== undefined && "stages" in result);
    assert.deepEqual([result.ok, result.status, result.stdout], [false, "ok", "1\n2\n3\n"], described(result));
  });

  test("after: a file that was to be written appears not, because the run failed", async (context) => {
    const file = join(folderWith(context), "out");
    const bad = (): void => {
      throw new Error("no");
    };
    await scoped({ after: bad }, () => refuses(() => echo("a").run({ stdout: { file } }), "HOOK_FAILED"));
    assert.equal(existsSync(file), false);
  });

  test("secrets in what a hook throws are not shown", async () => {
    const bad = (): void => {
      throw new Error("no hunter2");
    };
    const error = await scoped({ before: bad }, () =>
      refuses(() => echo(secret("hunter2")).run(), "HOOK_FAILED", /no \[redacted\]/),
    );
    assert.doesNotMatch(error.message, /hunter2/);
  });

  test("one run's hook harms no other run", async () => {
    const picky = ({ args }: { readonly args: readonly string[] }): void => {
      if (args[0] === "2") throw new Error("no");
    };
    const result = await scoped({ before: picky }, () => runConcurrent([1, 2, 3].map((number) => echo(number))));
    assert.deepEqual(
      result.entries.map(({ status }) => status),
      ["ok", "failed", "ok"],
    );
    const { error } = result.entries[1] ?? {};
    assert.ok(error instanceof CuprumError && error.code === "HOOK_FAILED");
  });
});

describe("hooks and time", { timeout }, () => {
  test("a before-hook that never settles cannot keep a run past its time limit", async () => {
    const ends: string[] = [];
    await scoped(
      {
        before: () => new Promise<void>(() => {}),
        observers: [{ onEvent: ({ phase }) => void ends.push(phase) }],
      },
      async () => {
        const result = await echo("a").run({ timeoutMs: 100 });
        assert.deepEqual([result.status, result.pid], ["timedOut", undefined], described(result));
      },
    );
    assert.deepEqual(ends, ["plan", "exit"]);
  });

  test("cancelled while a before-hook works: nothing starts", async (context) => {
    const marker = join(folderWith(context), "marker");
    const controller = new AbortController();
    const hook = async (): Promise<void> => {
      controller.abort();
      await after(20);
    };
    await scoped({ before: hook }, async () => {
      const result = await touch(marker).run({ signal: controller.signal });
      assert.deepEqual([result.status, result.pid], ["cancelled", undefined], described(result));
    });
    assert.equal(existsSync(marker), false);
  });
});
