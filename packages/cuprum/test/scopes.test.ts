import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { describe, test } from "node:test";
import { currentScope, defaultCatalogue, defineCatalogue, pipe, scoped, secret } from "cuprum";
import { folderWith } from "./support/folder.ts";
import { cat, described, echo, head, seq, sh, sleep } from "./support/programs.ts";
import { refuses } from "./support/refusal.ts";

const timeout = 30_000;
const touch = defaultCatalogue.make("touch");

describe("what a scope allows", { timeout }, () => {
  test("outside of all scopes everything of a catalogue runs", async () => {
    assert.equal(currentScope(), undefined);
    assert.equal((await echo("a").run()).stdout, "a\n");
  });

  test("a scope without allow allows what those around it do", async () => {
    await scoped({ allow: ["echo"] }, () =>
      scoped({}, async () => {
        assert.equal((await echo("a").run()).stdout, "a\n");
        await refuses(() => cat().run(), "FORBIDDEN_PROGRAM", /does not allow program "cat"; add it to allow/);
      }),
    );
  });

  test("a scope inside can only narrow", async () => {
    await scoped({ allow: ["echo", "cat"] }, async () => {
      await scoped({ allow: ["cat", "head", "seq"] }, async () => {
        assert.equal((await cat().run({ stdin: { text: "a" } })).stdout, "a");
        for (const command of [echo("a"), head(), seq(1)]) await refuses(() => command.run(), "FORBIDDEN_PROGRAM");
      });
      assert.equal((await echo("back").run()).stdout, "back\n");
    });
  });

  test("an empty list denies everything, and so does everything inside", async () => {
    await scoped({ allow: [] }, () =>
      scoped({ allow: ["echo"] }, () => refuses(() => echo("a").run(), "FORBIDDEN_PROGRAM")),
    );
  });

  test("a name allows the programs of that name; a program allows itself alone", async () => {
    const mine = defineCatalogue({ mine: { programs: [{ name: "echo", path: "/bin/echo" }] } });
    await scoped({ allow: ["echo"] }, async () => {
      for (const command of [echo("a"), mine.make("echo")("a")]) assert.equal((await command.run()).stdout, "a\n");
    });
    await scoped({ allow: [mine.program("echo")] }, async () => {
      assert.equal((await mine.make("echo")("a").run()).stdout, "a\n");
      await refuses(() => echo("a").run(), "FORBIDDEN_PROGRAM");
      await scoped({ allow: ["echo"] }, () => refuses(() => echo("a").run(), "FORBIDDEN_PROGRAM"));
    });
  });

  test("a list that is changed later changes nothing", async () => {
    const allow = ["echo"];
    await scoped({ allow }, async (scope) => {
      allow.push("cat");
      assert.throws(() => (scope.options.allow as string[]).push("cat"), TypeError);
      await refuses(() => cat().run(), "FORBIDDEN_PROGRAM");
    });
  });

  test("a text for a list is refused", async () => {
    // @ts-expect-error allow is a list
    await refuses(() => scoped({ allow: "echo cat" }, () => {}), "INVALID_OPTION", /allow of a scope is a list/);
  });

  test("one denied stage: no stage starts, and the input is not touched", async (context) => {
    const folder = folderWith(context);
    const marker = join(folder, "marker");
    let isTouched = false;
    const stdin = {
      [Symbol.asyncIterator](): AsyncIterator<string> {
        isTouched = true;
        return { next: () => Promise.resolve({ done: true, value: undefined }) };
      },
    };
    const pipeline = pipe(touch(marker), cat(), head());
    await scoped({ allow: ["touch", "cat"] }, async () => {
      const output = join(folder, "output");
      await refuses(() => pipeline.run({ stdin, stdout: { file: output } }), "FORBIDDEN_PROGRAM", /"head"/);
      await refuses(() => pipeline.plan(), "FORBIDDEN_PROGRAM");
      await refuses(async () => {
        for await (const _ of pipeline.lines({ stdin })) assert.fail("it ran");
      }, "FORBIDDEN_PROGRAM");
      assert.equal(existsSync(output), false);
    });
    assert.equal(isTouched, false);
    assert.equal(existsSync(marker), false);
  });

  test("lines() belongs to the scope in which it was called", async () => {
    const lines = await scoped({ env: { WHO: "inside" } }, () => sh("-c", 'echo "$WHO"').lines());
    const seen: string[] = [];
    for await (const line of lines) seen.push(line);
    assert.deepEqual(seen, ["inside"]);
    const free = echo("a").lines();
    await scoped({ allow: [] }, async () => {
      for await (const line of free) assert.equal(line, "a");
    });
  });
});

describe("where a scope holds", { timeout }, () => {
  test("its value is given back, and it ends, also by an exception", async () => {
    assert.equal(await scoped({ allow: [] }, () => 7), 7);
    await assert.rejects(
      scoped({ allow: [] }, () => {
        throw new RangeError("mine");
      }),
      RangeError,
    );
    await assert.rejects(
      scoped({}, () => Promise.reject(new RangeError("mine"))),
      RangeError,
    );
    assert.equal(currentScope(), undefined);
    assert.equal((await echo("a").run()).stdout, "a\n");
  });

  test("two tasks side by side have each their own", async () => {
    const task = (own: string, other: string): Promise<string> =>
      scoped({ allow: [own, "sh"], env: { TASK: own } }, async () => {
        await after(20);
        await refuses(
          () =>
            defaultCatalogue
              .make(other as "cat")()
              .run(),
          "FORBIDDEN_PROGRAM",
        );
        return (await sh("-c", 'echo "$TASK"').run()).stdout;
      });
    assert.deepEqual(await Promise.all([task("cat", "head"), task("head", "cat")]), ["cat\n", "head\n"]);
  });

  test("what was started inside and goes on outside is still inside", async () => {
    let later: Promise<unknown> = Promise.resolve();
    await scoped({ allow: [] }, () => {
      later = after(20).then(() => refuses(() => echo("a").run(), "FORBIDDEN_PROGRAM"));
    });
    await later;
  });

  test("a command made outside obeys the scope in which it runs", async () => {
    const command = echo("a");
    await scoped({ allow: [] }, () => refuses(() => command.run(), "FORBIDDEN_PROGRAM"));
    const made = await scoped({ allow: [] }, () => echo("b"));
    assert.equal((await made.run()).stdout, "b\n");
  });
});

describe("the environment of what runs", { timeout }, () => {
  const show = sh("-c", 'echo "${A-unset} ${B-unset} ${C-unset}"');

  test("ours as it is now, then scopes from the outside in, then the call, then the command", async (context) => {
    context.after(() => {
      for (const name of ["A", "B", "C"]) Reflect.deleteProperty(process.env, name);
    });
    process.env["A"] = "ours";
    await scoped({ env: { B: "outer", C: "outer" } }, async () => {
      process.env["A"] = "ours, later";
      await scoped({ env: { B: null, C: "inner" } }, async () => {
        assert.equal((await show.run()).stdout, "ours, later unset inner\n");
        assert.equal((await show.run({ env: { A: null, B: "call" } })).stdout, "unset call inner\n");
        const own = show.with({ env: { A: "command", C: null } });
        assert.equal((await own.run({ env: { A: "call", B: "call", C: "call" } })).stdout, "command call unset\n");
        assert.equal((await own.with({ env: { C: "again" } }).run()).stdout, "command unset again\n");
      });
      assert.equal((await show.run()).stdout, "ours, later outer outer\n");
    });
    assert.equal((await show.run()).stdout, "ours, later unset unset\n");
    assert.equal(process.env["B"], undefined);
  });

  test("undefined changes nothing, an empty text is a value", async () => {
    const result = await show.run({ env: { A: "", B: undefined } });
    assert.equal(result.stdout, " unset unset\n", described(result));
  });

  test("each stage of a pipeline can have its own", async () => {
    const stage = (env: string): ReturnType<typeof sh> => sh("-c", 'cat; echo "$A"').with({ env: { A: env } });
    const result = await pipe(stage("one"), stage("two")).run({ env: { A: "call" } });
    assert.equal(result.stdout, "one\ntwo\n", described(result));
  });

  test("names of properties of every object are variables like others", async () => {
    const env = JSON.parse('{"__proto__": "a", "constructor": "b"}') as Record<string, string>;
    const result = await sh("-c", "env").run({ env });
    assert.match(result.stdout, /^__proto__=a$/m, described(result));
    assert.match(result.stdout, /^constructor=b$/m, described(result));
  });

  for (const [what, env, message] of [
    ["a = in a name", { "A=B": "c" }, /variable "A=B" has a = in its name/],
    ["an empty name", { "": "c" }, /has no name/],
    ["a NUL in a value", { A: "b\0c" }, /"A" has a NUL character/],
    ["a NUL in a name", { "A\0": "b" }, /has a NUL character/],
    ["a number", { PORT: 8080 }, /"PORT" is a number; give it as text/],
    ["half of a surrogate pair", { A: "\uD800" }, /half of a surrogate pair/],
  ] as const) {
    test(`${what} is refused before anything starts`, async () => {
      await refuses(() => show.run({ env: env as Record<string, string> }), "INVALID_OPTION", message);
    });
  }

  test("a value can be a secret: the program gets it, nobody is shown it", async () => {
    const script = 'echo "$TOKEN"; echo "bad token $TOKEN" >&2; exit 1';
    await scoped({ env: { TOKEN: secret("hunter2") } }, async () => {
      const error = await refuses(() => sh("-c", script).run({ check: true }), "EXIT", /bad token \[redacted\]/);
      assert.equal(error.result?.stdout, "hunter2\n");
    });
  });
});

describe("time limits of scopes", { timeout }, () => {
  test("the innermost scope that has one counts, and the call beats all", async () => {
    await scoped({ timeoutMs: 60_000 }, () =>
      scoped({ timeoutMs: 100 }, () =>
        scoped({}, async () => {
          assert.equal((await sleep(30).run()).status, "timedOut");
          assert.equal((await echo("a").run({ timeoutMs: 60_000 })).status, "ok");
          await scoped({ timeoutMs: 60_000 }, async () => assert.equal((await sleep(0.3).run()).status, "ok"));
        }),
      ),
    );
  });

  test("Infinity lifts a scope's limit", async () => {
    await scoped({ timeoutMs: 50 }, async () => {
      const result = await sleep(0.3).run({ timeoutMs: Infinity });
      assert.equal(result.status, "ok", described(result));
    });
  });

  test("zero is over already: nothing of the output comes", async () => {
    await scoped({ timeoutMs: 0 }, async () => {
      const result = await echo("a").run();
      assert.deepEqual([result.status, result.stdout], ["timedOut", ""], described(result));
    });
  });

  test("a limit of more than 24 days is none, and not one of a millisecond", async () => {
    await scoped({ timeoutMs: 2 ** 31 }, async () => {
      const result = await sleep(0.2).run();
      assert.equal(result.status, "ok", described(result));
    });
  });

  for (const timeoutMs of [-1, Number.NaN, Infinity, "5" as unknown as number]) {
    test(`${String(timeoutMs)} as a scope's limit is refused`, async () => {
      await refuses(() => scoped({ timeoutMs }, () => {}), "INVALID_OPTION", /timeoutMs of a scope/);
    });
  }

  for (const timeoutMs of [Number.NaN, "5" as unknown as number]) {
    test(`${String(timeoutMs)} as a call's limit is refused`, async () => {
      await refuses(() => echo("a").run({ timeoutMs }), "INVALID_OPTION", /timeoutMs is/);
    });
  }
});
