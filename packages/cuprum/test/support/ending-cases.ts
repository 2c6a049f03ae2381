import assert from "node:assert/strict";
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CuprumError, defineCatalogue, type ExecutionEvent, pipe } from "cuprum";
import { isRunning, runningWith, uniqueSeconds } from "./processes.ts";
import { cat, described, echo, failing, head, seq, sh, sleep, yes } from "./programs.ts";
import { stopAt, stopAtState } from "./stopping.ts";
import { assertWired, endsOf, type Wiring } from "./wirings.ts";

const timeout = 60_000;

/** How pipelines end, however their stages are connected. Whoever waited for a sleep of a minute would not pass in time. */
export function endsOfPipelines(wiring: Wiring): void {
  const { name, options } = wiring;
  const it = (title: string, work: () => Promise<void>): void => void test(`${name}: ${title}`, { timeout }, work);

  it("a first stage that fails stops the others", async () => {
    const result = await pipe(sh("-c", "exit 7"), sleep(61), sleep(62)).run(options);
    assert.deepEqual([result.status, result.failure?.index, result.exitCode], ["failed", 0, 7], described(result));
    assert.deepEqual(endsOf(result.stages), [7, "SIGTERM", "SIGTERM"], described(result));
    assert.deepEqual(
      result.stages.map(({ status }) => status),
      ["failed", "cancelled", "cancelled"],
    );
    assertWired(result, wiring);
  });

  it("a middle stage that fails stops its neighbours", async () => {
    const result = await pipe(sleep(61), sh("-c", "exit 3"), sleep(62)).run(options);
    assert.deepEqual([result.status, result.failure?.index], ["failed", 1], described(result));
    assert.deepEqual(endsOf(result.stages), ["SIGTERM", 3, "SIGTERM"], described(result));
  });

  it("a last stage that fails when the others have finished stops nobody", async () => {
    const result = await pipe(echo("a"), cat(), sh("-c", "cat > /dev/null; sleep 0.2; exit 5")).run(options);
    assert.deepEqual([result.failure?.index, endsOf(result.stages)], [2, [0, 0, 5]], described(result));
  });

  it("a last stage that fails stops a first one that prints nothing", async () => {
    const result = await pipe(sleep(61), failing()).run(options);
    assert.deepEqual([result.failure?.index, endsOf(result.stages)], [1, ["SIGTERM", 1]], described(result));
  });

  it("with failFast off, nobody is stopped", async () => {
    const result = await pipe(failing(), sh("-c", "cat; sleep 0.3; echo done")).run({ ...options, failFast: false });
    assert.deepEqual([result.stdout, endsOf(result.stages)], ["done\n", [1, 0]], described(result));
  });

  it("of two that fail at once, it is always the first", async () => {
    let both = 0;
    for (let round = 0; round < 50; round++) {
      const result = await pipe(failing(), failing()).run(options);
      const [first, second] = endsOf(result.stages);
      // On a busy machine one of them may have failed, and stopped the other, before that has begun.
      assert.equal(result.failure?.index, first === 1 ? 0 : 1, described(result));
      if (first === 1 && second === 1) both++;
    }
    assert.ok(both > 0, "it never happened that both have failed");
  });

  it("an endless producer ends when its reader does", async () => {
    const lines = await pipe(yes(), head("-n", 1)).run(options);
    assert.deepEqual([lines.status, lines.stdout, lines.stages[0]?.signal], ["ok", "y\n", "SIGPIPE"], described(lines));
    const noise = await pipe(cat("/dev/urandom"), head("-c", 10)).run({ ...options, stdout: "bytes" });
    assert.deepEqual([noise.status, noise.stdout.length], ["ok", 10], described(noise));
    assert.deepEqual([noise.stages[0]?.readerLeft, noise.stages[0]?.ok], [true, true], described(noise));
  });

  it("thousands of lines for a reader of one byte", async () => {
    const script = "head -c 1 > /dev/null; echo done";
    const result = await pipe(sh("-c", "for i in $(seq 4096); do echo line $i; done"), sh("-c", script)).run(options);
    assert.deepEqual([result.ok, result.stdout], [true, "done\n"], described(result));
  });

  it("a producer that prints long after its reader has left", async () => {
    const late = sh("-c", "echo early; sleep 0.5; exec head -c 300000 /dev/zero");
    const result = await pipe(late, head("-n", 1)).run(options);
    assert.deepEqual(
      [result.status, result.stdout, result.stages[0]?.signal],
      ["ok", "early\n", "SIGPIPE"],
      described(result),
    );
  });

  for (const timeoutMs of [0, -1, 200]) {
    for (const stdout of ["text", "ignore"] as const) {
      it(`a time limit of ${timeoutMs} ms, output ${stdout}`, async () => {
        const result = await pipe(sleep(61), cat()).run({ ...options, timeoutMs, stdout });
        assert.deepEqual([result.status, result.ok, result.failure], ["timedOut", false, undefined], described(result));
        assert.equal(result.stdout, stdout === "text" ? "" : null);
        assert.deepEqual(
          result.stages.map(({ status }) => status),
          ["timedOut", "timedOut"],
        );
        if (timeoutMs <= 0) assert.equal(result.stages[0]?.pid, undefined, "something was started without time");
        for (const { pid } of result.stages) assert.ok(!isRunning(pid), described(result));
      });
    }
  }

  it("a checked time limit throws", async () => {
    await assert.rejects(pipe(sleep(61), cat()).run({ ...options, timeoutMs: 100, check: true }), { code: "TIMEOUT" });
  });

  it("a checked end throws, with what was printed before", async () => {
    const script = "echo before; exec sleep 61";
    await assert.rejects(
      pipe(sh("-c", script), cat()).run({ ...options, ...stopAt("before"), check: true }),
      (error) => {
        assert.ok(error instanceof CuprumError && error.code === "CANCELLED", String(error));
        assert.equal(error.result?.stdout, "before\n");
        return true;
      },
    );
  });

  it("cancelled before it starts: nothing is started", async () => {
    const result = await pipe(sleep(61), cat()).run({ ...options, signal: AbortSignal.abort() });
    assert.deepEqual([result.status, result.stages.map(({ pid }) => pid)], ["cancelled", [undefined, undefined]]);
  });

  for (const [when, phase, index] of [
    ["while it is planned", "plan", 1],
    ["when its first stage has started", "start", 0],
    ["when all have started", "start", 2],
  ] as const) {
    for (const turns of [0, 1, 2, 3]) {
      it(`cancelled ${when}, ${turns} turns later: all stages end, each with one exit event`, async () => {
        const abort = new AbortController();
        const events: ExecutionEvent[] = [];
        const onEvent = async (event: ExecutionEvent): Promise<void> => {
          events.push(event);
          if (event.phase !== phase || event.stage.index !== index) return;
          // Between a start and what follows it there are only turns of the microtask queue.
          for (let turn = 0; turn < turns; turn++) await Promise.resolve();
          abort.abort();
        };
        const seconds = uniqueSeconds();
        const stages = pipe(sleep(seconds), sleep(seconds), sleep(seconds));
        const result = await stages.run({ ...options, signal: abort.signal, observers: [{ onEvent }] });
        assert.equal(result.status, "cancelled", described(result));
        assert.deepEqual(runningWith(seconds), []);
        assertOneExitEach(events);
      });
    }
  }

  it("a stage that ignores SIGTERM is killed after its grace", async () => {
    const stubborn = sh("-c", "trap '' TERM; echo ready; while :; do sleep 61; done");
    const result = await pipe(stubborn, cat()).run({ ...options, ...stopAt("ready"), graceMs: 100 });
    assert.deepEqual([result.status, result.stages[0]?.signal], ["cancelled", "SIGKILL"], described(result));
  });

  it("cancelled by its signal, and again by leaving the loop while a stage has its grace", async () => {
    const abort = new AbortController();
    const seconds = uniqueSeconds();
    const stubborn = sh("-c", `trap '' TERM; echo ready; while :; do sleep ${seconds}; done`);
    for await (const line of pipe(stubborn, cat()).lines({ ...options, signal: abort.signal, graceMs: 200 })) {
      assert.equal(line, "ready");
      abort.abort();
      abort.abort();
      break;
    }
    assert.deepEqual(runningWith(seconds), []);
  });

  it("a stage that is stopped by SIGSTOP ends all the same", async () => {
    const stopped = sh("-c", "kill -STOP $$; exec sleep 61");
    const result = await pipe(stopped, cat()).run({ ...options, ...stopAtState("T") });
    assert.deepEqual([result.status, result.stages[0]?.signal], ["cancelled", "SIGTERM"], described(result));
  });

  for (const [why, prepare] of Object.entries({
    "has been removed": (path: string) => rmSync(path),
    "may not be executed any more": (path: string) => chmodSync(path, 0o644),
    "gets too long an argument": () => {},
  })) {
    it(`a later stage that cannot start, because its program ${why}, ends those before it`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "cuprum-test-"));
      try {
        const path = join(folder, "prog");
        copyFileSync("/bin/cat", path);
        chmodSync(path, 0o755);
        const prog = defineCatalogue({ test: { programs: [{ name: "prog", path }] } }).make("prog");
        const argument = why.includes("argument") ? "x".repeat(200_000) : "-u";
        const events: ExecutionEvent[] = [];
        const seconds = uniqueSeconds();
        const stages = pipe(sleep(seconds), prog(argument), cat());
        const onEvent = (event: ExecutionEvent): void => {
          events.push(event);
          if (event.phase === "start" && event.stage.index === 0) prepare(path);
        };
        const running = stages.run({ ...options, observers: [{ onEvent }] });
        await assert.rejects(running, (error) => {
          assert.ok(error instanceof CuprumError && error.code === "SPAWN_FAILED", String(error));
          assert.match(error.message, /cannot start prog/);
          const { result } = error;
          assert.ok(result !== undefined && "stages" in result);
          assert.equal(result.failure?.index, 1, described(result));
          assert.deepEqual(endsOf(result.stages), ["SIGTERM", null, "cancelled"], described(result));
          return true;
        });
        assert.deepEqual(runningWith(seconds), []);
        assertOneExitEach(events);
        assert.equal(new Set(events.map(({ execId }) => execId)).size, 3);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  it("leaving the loop over lines ends every stage", async () => {
    const seconds = uniqueSeconds();
    const producer = sh("-c", `sleep ${seconds} & exec yes`);
    const lines: string[] = [];
    for await (const line of pipe(producer, cat(), cat()).lines(options)) {
      lines.push(line);
      if (lines.length === 3) break;
    }
    assert.deepEqual(lines, ["y", "y", "y"]);
    assert.deepEqual(runningWith(seconds), []);
  });

  it("an error in the loop over chunks ends every stage, and is the loop's", async () => {
    const seconds = uniqueSeconds();
    const fault = new Error("of the loop");
    const reading = async (): Promise<void> => {
      for await (const _ of pipe(sh("-c", `echo a; exec sleep ${seconds}`), cat()).bytes(options)) throw fault;
    };
    await assert.rejects(reading(), fault);
    assert.deepEqual(runningWith(seconds), []);
  });

  it("a loop over lines says when a stage failed, after the last line", async () => {
    const lines: string[] = [];
    const reading = async (): Promise<void> => {
      for await (const line of pipe(sh("-c", "echo a; exit 4"), cat()).lines(options)) lines.push(line);
    };
    await assert.rejects(reading(), { code: "EXIT" });
    assert.deepEqual(lines, ["a"]);
  });

  it("what a stopped stage had printed is in the result", async () => {
    const script = "echo why >&2; seq 3; exec sleep 61";
    const result = await pipe(sh("-c", script), cat()).run({ ...options, ...stopAt("3") });
    assert.deepEqual([result.status, result.stdout], ["cancelled", "1\n2\n3\n"], described(result));
    assert.equal(result.stages[0]?.stderr, "why\n", described(result));
  });

  it("64 pipelines at once", async () => {
    const results = await Promise.all(
      Array.from({ length: 64 }, () => pipe(seq(3000), cat()).run({ ...options, stderr: "ignore" })),
    );
    for (const result of results) assert.equal(result.stdout.length, 13_893, described(result));
  });
}

function assertOneExitEach(events: readonly ExecutionEvent[]): void {
  for (const { execId } of events.filter(({ phase }) => phase === "plan")) {
    const own = events.filter((event) => event.execId === execId).map(({ phase }) => phase);
    assert.equal(own[0], "plan");
    assert.deepEqual([own.indexOf("exit"), own.lastIndexOf("exit")], [own.length - 1, own.length - 1], own.join());
  }
}
