import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import {
  type Command,
  type CuprumError,
  loggingObserver,
  type LogRecord,
  operands,
  type Pipeline,
  pipe,
  scoped,
  secret,
} from "cuprum";
import { cat, described, echo, sh } from "./support/programs.ts";
import { Recorder } from "./support/recorder.ts";
import { refuses } from "./support/refusal.ts";

const timeout = 30_000;
const SECRET = "hunter2-$&-x";

/** Every way in which a value is put into a log. */
function shown(value: unknown): string {
  const ways = [
    () => String(value),
    () => JSON.stringify(value),
    () => inspect(value, { depth: 10, showHidden: !(value instanceof Error), maxStringLength: Infinity }),
    () => inspect(value, { depth: 10, customInspect: false }),
    () => inspect(value, { depth: 10, getters: true }),
    () => (value instanceof Error ? (value.stack ?? "") : ""),
    () => JSON.stringify({ ...(value as object) }),
  ];
  return ways.map((way) => way()).join("\n");
}

function assertHidden(value: unknown): void {
  assert.ok(!shown(value).includes(SECRET), shown(value));
}

describe("what a secret shows", { timeout }, () => {
  const command = sh("-c", 'echo "$1 $TOKEN"', "sh", secret(SECRET)).with({ env: { TOKEN: secret(SECRET) } });
  const pipeline = pipe(command, cat());

  for (const [what, value] of [
    ["a secret", secret(SECRET)],
    ["a command", command],
    ["a pipeline", pipeline],
    ["an option", echo({ token: secret(SECRET), t: secret(SECRET) })],
    ["an operand", cat(operands(secret(SECRET)))],
  ] as const satisfies readonly (readonly [string, unknown])[]) {
    test(`${what} shows nothing of it, however it is dumped`, () => {
      assertHidden(value);
      assert.match(String(value), /\[redacted\]/);
    });
  }

  test("the program gets it", async () => {
    assert.equal((await pipeline.run()).stdout, `${SECRET} ${SECRET}\n`);
  });

  test("an option keeps its name", () => {
    assert.equal(String(echo({ token: secret(SECRET), t: secret("a") })), 'echo "--token=[redacted]" -t "[redacted]"');
  });

  test("a plan, and an error before the start, show nothing of it", async () => {
    assertHidden(command.plan());
    assertHidden(pipeline.plan());
    const folder = `/no/${SECRET}`;
    assertHidden(await refuses(() => command.run({ cwd: folder }), "INVALID_OPTION", /no\/\[redacted\]/));
    await scoped({ allow: [] }, async () => assertHidden(await refuses(() => command.run(), "FORBIDDEN_PROGRAM")));
  });

  test("a start that the system refuses shows nothing of it, not in its cause either", async () => {
    const error = await refuses(() => echo("x".repeat(300_000), secret(SECRET)).run(), "SPAWN_FAILED");
    assertHidden(error);
    assertHidden(error.result);
    assertHidden(error.cause);
  });
});

describe("what is told of an execution", { timeout }, () => {
  const script = 'echo "out $1"; echo "err $1" >&2; exit 3';
  const run = (value: ReturnType<typeof secret> | string): Command => sh("-c", script, "sh", value);

  /** Runs it, checked, and gives everything that anybody is told. */
  async function told(command: Command | Pipeline): Promise<{ readonly all: unknown; readonly error: CuprumError }> {
    const seen = new Recorder({ lines: true });
    const records: LogRecord[] = [];
    const observers = [seen, loggingObserver((record) => void records.push(record))];
    const hooks: unknown[] = [];
    const error = await scoped(
      { before: (one) => void hooks.push(one), after: (one, { args }) => void hooks.push(one, args) },
      () => refuses(() => command.run({ observers, check: true }), "EXIT"),
    );
    assert.equal(seen.phasesOf("sh").filter((phase) => phase === "stdout" || phase === "stderr").length, 2);
    return { all: [seen.events, records, hooks], error };
  }

  test("events, lines, records, hooks and errors show nothing of a secret", async () => {
    const { all, error } = await told(run(secret(SECRET)));
    assertHidden(all);
    assertHidden(error);
    assert.match(error.message, /ended with exit code 3:\nerr \[redacted\]/);
  });

  test("nor does the stage of a pipeline that has none show that of another", async () => {
    const script = 'read -r line; echo "out $line"; echo "err $line" >&2; exit 3';
    const { all } = await told(pipe(echo(secret(SECRET)), sh("-c", script)));
    assertHidden(all);
  });

  test("what the command printed is given to its caller as it is", async () => {
    const { error } = await told(run(secret(SECRET)));
    assert.equal(error.result?.stdout, `out ${SECRET}\n`);
    assert.equal(error.result?.stderr, `err ${SECRET}\n`);
    assert.deepEqual(error.result?.args, ["-c", script, "sh", "[redacted]"]);
  });

  for (const [what, hidden] of [
    ["a pattern", /hunter2\S*/],
    ["a sticky pattern", /hunter2\S*/y],
    ["a pattern with a memory", /hunter2\S*/g],
    ["a text", SECRET],
  ] as const) {
    test(`${what} of a scope hides it, too`, async () => {
      await scoped({ redact: [/nothing/, hidden] }, async () => {
        const { all, error } = await told(run(SECRET));
        assertHidden(all);
        assert.match(error.message, /err \[redacted\]/);
        assert.equal(String(run(SECRET)).includes(SECRET), false);
      });
      assert.equal(String(run(SECRET)).includes(SECRET), true);
    });
  }

  test("scopes add to what is hidden", async () => {
    await scoped({ redact: ["hunter2"] }, () =>
      scoped({ redact: [/x$/] }, () => assert.equal(String(echo("hunter2", "xx")), 'echo "[redacted]" "x[redacted]"')),
    );
  });

  test("tags and folders of events are hidden, too", async () => {
    const seen = new Recorder();
    const cwd = process.cwd();
    await scoped({ redact: [cwd], tags: { folder: cwd } }, () => echo("a").run({ cwd, observers: [seen] }));
    const [plan] = seen.events;
    assert.ok(plan?.phase === "plan");
    assert.deepEqual([plan.cwd, plan.tags], ["[redacted]", { folder: "[redacted]" }]);
  });

  test("a secret of several lines is hidden line by line", async () => {
    const key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----";
    const seen = new Recorder({ lines: true });
    await echo(secret(key)).run({ observers: [seen] });
    const lines = seen.events.flatMap((event) => (event.phase === "stdout" ? event.lines : []));
    assert.deepEqual(
      lines,
      Array.from({ length: 4 }, () => "[redacted]"),
    );
  });

  test("of two secrets of which one is a part of the other, nothing is left", () => {
    assert.equal(
      String(echo(secret("abc"), secret("abcdef"), "abcdef")),
      'echo "[redacted]" "[redacted]" "[redacted]"',
    );
  });

  test("an empty secret hides nothing, and breaks nothing", () => {
    assert.equal(String(echo(secret(""), "abc")), 'echo "" abc');
  });
});

describe("printing an error", { timeout }, () => {
  test("shows what happened, and no megabytes of output", async () => {
    const error = await refuses(() => sh("-c", "seq 100000; seq 100000 >&2; exit 1").run({ check: true }), "EXIT");
    const text = inspect(error, { maxStringLength: Infinity });
    assert.ok(text.length < 5000, text.slice(0, 5000));
    assert.match(error.message, /99999\n100000$/);
    assert.ok((error.result?.stdout?.length ?? 0) > 500_000);
  });

  test("a line of a megabyte on the standard error makes no message of a megabyte", async () => {
    const error = await refuses(
      () => sh("-c", "head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 1").run({ check: true }),
      "EXIT",
    );
    assert.ok(error.message.length < 5000, String(error.message.length));
  });
});

describe("commands and pipelines as values", { timeout }, () => {
  test("are frozen, and quoted where it helps people", () => {
    const command = echo("a b", "c", "");
    assert.ok(Object.isFrozen(command));
    assert.equal(String(command), 'echo "a b" c ""');
    assert.equal(JSON.stringify({ command }), String.raw`{"command":"echo \"a b\" c \"\""}`);
    assert.equal(inspect(pipe(command, cat())), 'Pipeline(echo "a b" c "" | cat)');
  });

  test("are not thenable: awaiting one does not run it", async () => {
    const command = echo("a");
    assert.equal(await (command as unknown as Promise<Command>), command);
    assert.equal("then" in pipe(command, command), false);
  });

  test("with() makes another one", async () => {
    const command = sh("-c", 'echo "$PWD $A"');
    const other = command.with({ cwd: "/", env: { A: "a" } });
    assert.equal((await other.run()).stdout, "/ a\n");
    assert.equal((await other.with({ env: { A: "b" } }).run()).stdout, "/ b\n");
    assert.equal((await command.run({ env: { A: "" } })).stdout, `${process.cwd()} \n`);
  });

  test("a builder that was not called is refused, and does not compile", async () => {
    // @ts-expect-error a builder is no command
    await refuses(() => pipe(echo("a"), cat), "INVALID_ARGUMENT", /part 2 of a pipeline .* a function; call it/);
    // @ts-expect-error a text is no command
    await refuses(() => pipe(echo("a"), "cat"), "INVALID_ARGUMENT", /part 2 of a pipeline .*'cat'/);
    await refuses(() => pipe(echo("a")), "INVALID_ARGUMENT", /two stages or more, not 1/);
  });

  test("a result is described without being looked into", async () => {
    const result = await echo("a").run();
    assert.match(described(result), /stdout: 'a\\n'/);
  });
});
