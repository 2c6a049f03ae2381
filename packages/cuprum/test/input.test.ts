import assert from "node:assert/strict";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import { CuprumError, type ExecutionEvent, pipe, type RunOptions, transform } from "cuprum";
import { runningWith, uniqueSeconds } from "./support/processes.ts";
import { cat, described, head, sh, sleep, wc } from "./support/programs.ts";
import { until } from "./support/raw-pipe.ts";

const timeout = 30_000;

/** Observes what becomes of the input. */
function inputEvents(): { readonly phases: string[]; readonly options: RunOptions } {
  const phases: string[] = [];
  const onEvent = ({ phase }: ExecutionEvent): void => void (phase.startsWith("stdin") && phases.push(phase));
  return { phases, options: { observers: [{ onEvent }] } };
}

test("a source that throws ends the command, and is the error's cause", { timeout }, async () => {
  const fault = new Error("of the source");
  const seconds = uniqueSeconds();
  async function* source(): AsyncGenerator<string> {
    yield "first\n";
    await Promise.resolve();
    throw fault;
  }
  const running = pipe(sh("-c", `cat; exec sleep ${seconds}`), cat()).run({ stdin: source() });
  await assert.rejects(running, (error) => {
    assert.ok(error instanceof CuprumError && error.code === "INPUT_FAILED", String(error));
    assert.equal(error.cause, fault);
    assert.equal(error.result?.status, "cancelled");
    return true;
  });
  assert.deepEqual(runningWith(seconds), []);
});

test("a reader of a source that throws is not told that this was all", { timeout }, async () => {
  function* source(): Generator<string> {
    yield "first\n";
    throw new Error("of the source");
  }
  // It would print the end if it saw one.
  const script = "cat > /dev/null; echo complete";
  await assert.rejects(sh("-c", script).run({ stdin: source(), graceMs: 0 }), (error) => {
    assert.ok(error instanceof CuprumError && error.code === "INPUT_FAILED", String(error));
    assert.equal(error.result?.stdout, "");
    return true;
  });
});

for (const [kind, stdin] of Object.entries({
  "a number among its chunks": () => ["a", 7],
  "null among its chunks": () => ["a", null],
  "an iterator that throws": () => ({
    [Symbol.asyncIterator]() {
      throw new Error("no iterator today");
    },
  }),
  "an iterator without next": () => ({ [Symbol.iterator]: () => ({}) }),
})) {
  test(`a source with ${kind} is an error, and not an uncaught one`, { timeout }, async () => {
    await assert.rejects(cat().run({ stdin: stdin() as unknown as Iterable<string> }), { code: "INPUT_FAILED" });
  });
}

test("a source is asked to return when it gave something wrong", { timeout }, async () => {
  let hasReturned = false;
  function* source(): Generator {
    try {
      yield 7;
      yield "never asked for";
    } finally {
      hasReturned = true;
    }
  }
  await assert.rejects(cat().run({ stdin: source() as Generator<string> }), { code: "INPUT_FAILED" });
  assert.ok(hasReturned);
});

test("a source that throws when it is asked to return harms nobody", { timeout }, async () => {
  function* source(): Generator<string> {
    try {
      for (;;) yield "again\n";
    } finally {
      // oxlint-disable-next-line eslint/no-unsafe-finally -- it is the defect of this source
      throw new Error("while it returned");
    }
  }
  const result = await head("-n", 1).run({ stdin: source() });
  assert.deepEqual([result.status, result.stdout], ["ok", "again\n"], described(result));
});

test("a source that never gives anything does not keep a command that has ended", { timeout }, async () => {
  const stdin = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<string>>(() => {}) }) };
  const result = await sh("-c", "echo done").run({ stdin });
  assert.deepEqual([result.status, result.stdout], ["ok", "done\n"], described(result));
});

test("a stream that never ends does not keep a command that has ended", { timeout }, async () => {
  const stream = new PassThrough();
  const result = await sh("-c", "exec head -c 2").run({ stdin: (stream.write("abc"), stream) });
  assert.deepEqual([result.status, result.stdout], ["ok", "ab"], described(result));
  await until(() => stream.destroyed, "the stream is told that nobody reads it");
});

test("an endless source ends with its reader, with exactly one stdinError", { timeout }, async () => {
  let hasReturned = false;
  async function* source(): AsyncGenerator<string> {
    try {
      for (;;) yield "again and again\n";
    } finally {
      hasReturned = true;
    }
  }
  const { phases, options } = inputEvents();
  const result = await head("-c", 10).run({ ...options, stdin: source() });
  assert.deepEqual([result.status, result.stdout, phases], ["ok", "again and ", ["stdinError"]], described(result));
  assert.ok(hasReturned);
});

test("a command that reads everything has exactly one stdin event", { timeout }, async () => {
  const { phases, options } = inputEvents();
  const result = await wc({ bytes: true }).run({ ...options, stdin: Readable.from(["ab", "cd"]) });
  assert.deepEqual([result.stdout.trim(), phases], ["4", ["stdin"]], described(result));
});

test("a command that never reads its input, which is larger than a pipe, has its time limit", { timeout }, async () => {
  const { phases, options } = inputEvents();
  const result = await sleep(61).run({ ...options, stdin: { text: "x".repeat(1_000_000) }, timeoutMs: 200 });
  const expected = result.pid === undefined ? [] : ["stdinError"];
  assert.deepEqual([result.status, phases], ["timedOut", expected], described(result));
});

test("a command that ignores its input is well", { timeout }, async () => {
  const { phases, options } = inputEvents();
  const result = await sh("-c", "exit 0").run({ ...options, stdin: { text: "x".repeat(1_000_000) } });
  assert.deepEqual([result.status, phases], ["ok", ["stdinError"]], described(result));
});

for (const [kind, apply] of Object.entries({
  "that throws when it is called": () => {
    throw new Error("of the transform");
  },
  "that gives nothing to iterate over": () => undefined,
  async *"that throws in the middle"(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      yield chunk;
      throw new Error("of the transform");
    }
  },
})) {
  test(`a transform ${kind} ends the pipeline`, { timeout }, async () => {
    const seconds = uniqueSeconds();
    const producer = sh("-c", `echo a; exec sleep ${seconds}`);
    const running = pipe(producer, transform(apply as Parameters<typeof transform>[0]), cat()).run();
    await assert.rejects(running, { code: "INPUT_FAILED" });
    assert.deepEqual(runningWith(seconds), []);
  });
}

test("a transform that takes only the start ends the producer by SIGPIPE", { timeout }, async () => {
  const first = transform(async function* (chunks) {
    for await (const chunk of chunks) {
      yield chunk.subarray(0, 2);
      return;
    }
  });
  const result = await pipe(sh("-c", "exec yes"), first, cat()).run();
  assert.deepEqual(
    [result.status, result.stdout, result.stages[0]?.signal],
    ["ok", "y\n", "SIGPIPE"],
    described(result),
  );
});
