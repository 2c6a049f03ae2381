import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, test } from "node:test";
import { type EventPhase, type ExecutionEvent, pipe, scoped } from "cuprum";
import { folderWith } from "./support/folder.ts";
import { cat, described, echo, head, node, seq } from "./support/programs.ts";
import { Recorder } from "./support/recorder.ts";

const timeout = 30_000;
const PHASES = ["plan", "start", "stdout", "stderr", "stdin", "stdinError", "exit"] as const;

describe("the events of a command", { timeout }, () => {
  test("plan, start, lines, input, exit; each says which execution of what it is", async (context) => {
    const cwd = folderWith(context);
    const seen = new Recorder({ lines: true });
    const result = await cat("-").run({ stdin: { text: "a\nb" }, cwd, observers: [seen], tags: { job: "1" } });
    seen.assertEveryPlanHasItsExit(1);
    const phases = seen.phasesOf("cat");
    assert.deepEqual(phases.slice(0, 2), ["plan", "start"]);
    assert.deepEqual(
      phases.slice(2, -1).filter((phase) => phase !== "stdout"),
      ["stdin"],
    );
    for (const event of seen.events) {
      const { program, project, args, tags, stage } = event;
      assert.deepEqual(
        [program, project, args, tags, stage],
        ["cat", "core-ops", ["-"], { job: "1" }, { index: 0, count: 1 }],
      );
      assert.ok(Math.abs(event.time - Date.now()) < 60_000);
      if (event.phase === "plan") assert.equal(event.cwd, cwd);
      else assert.equal(event.pid, result.pid);
      if (event.phase === "stdin") assert.equal(event.bytes, 3);
    }
    const lines = seen.events.flatMap((event) => (event.phase === "stdout" ? event.lines : []));
    assert.deepEqual(lines, ["a", "b"]);
    const exit = seen.events.at(-1);
    assert.ok(exit?.phase === "exit");
    assert.deepEqual([exit.status, exit.exitCode, exit.signal], ["ok", 0, null]);
    assert.ok(exit.durationMs > 0);
  });

  test("lines are made only when somebody asked for them, and then every hop is tapped", async () => {
    const quiet = new Recorder();
    const plain = await pipe(seq(3), cat()).run({ observers: [quiet] });
    assert.deepEqual(quiet.phasesOf("seq"), ["plan", "start", "exit"]);
    assert.equal(plain.hops[0]?.wiring, "kernel", described(plain));

    const eager = new Recorder({ lines: true });
    const also = new Recorder();
    const tapped = await pipe(seq(3), cat()).run({ observers: [eager, also] });
    assert.deepEqual(eager.phasesOf("seq"), ["plan", "start", "stdout", "exit"]);
    assert.deepEqual(also.phasesOf("seq"), ["plan", "start", "exit"]);
    assert.equal(tapped.hops[0]?.wiring, "tapped", described(tapped));
  });

  test("each run has its own execId, each stage its place", async () => {
    const seen = new Recorder();
    const pipeline = pipe(seq(3), cat(), head());
    await pipeline.run({ observers: [seen] });
    await pipeline.run({ observers: [seen] });
    seen.assertEveryPlanHasItsExit(6);
    for (const [place, events] of seen.executions().entries()) {
      for (const { stage } of events) assert.deepEqual(stage, { index: place % 3, count: 3 });
    }
  });

  test("tags of scopes from the outside in, then those of the call", async () => {
    const seen = new Recorder();
    await scoped({ tags: { a: "outer", b: "outer", c: "outer" }, observers: [seen] }, () =>
      scoped({ tags: { b: "inner", c: "inner" } }, () => echo("a").run({ tags: { c: "call" } })),
    );
    assert.deepEqual(seen.events[0]?.tags, { a: "outer", b: "inner", c: "call" });
  });

  test("what an observer changes, nobody else sees", async () => {
    const seen = new Recorder({ lines: true });
    const spoiler = {
      lines: true,
      onEvent(event: ExecutionEvent): void {
        for (const part of [event, event.args, event.tags, event.stage]) assert.ok(Object.isFrozen(part));
        if (event.phase === "stdout") (event.lines as string[]).pop();
      },
    };
    const result = await echo("a").run({ observers: [spoiler, seen] });
    assert.ok(result.observerErrors[0] instanceof TypeError, described(result));
    assert.deepEqual(
      seen.events.flatMap((event) => (event.phase === "stdout" ? event.lines : [])),
      ["a"],
    );
  });
});

describe("diagnostics channels", { timeout }, () => {
  function recording(
    context: { readonly after: (work: () => void) => void },
    phases: readonly EventPhase[],
  ): ExecutionEvent[] {
    const events: ExecutionEvent[] = [];
    const onMessage = (message: unknown): void => void events.push(message as ExecutionEvent);
    for (const phase of phases) subscribe(`cuprum:${phase}`, onMessage);
    context.after(() => {
      for (const phase of phases) unsubscribe(`cuprum:${phase}`, onMessage);
    });
    return events;
  }

  test("there is one for every phase, without any observer", async (context) => {
    const events = recording(context, PHASES);
    await node("-e", "process.stdin.resume(); console.log('out'); console.error('err')").run({ stdin: { text: "in" } });
    assert.deepEqual(
      new Set(events.map(({ phase }) => phase)),
      new Set(["plan", "start", "stdin", "stdout", "stderr", "exit"]),
    );
    assert.equal(events.at(-1)?.phase, "exit");
  });

  test("without a subscriber to lines nothing is tapped", async (context) => {
    const events = recording(context, ["plan", "exit"]);
    const result = await pipe(seq(3), cat()).run();
    assert.equal(result.hops[0]?.wiring, "kernel", described(result));
    assert.deepEqual(
      events.map(({ phase }) => phase),
      ["plan", "plan", "exit", "exit"],
    );
  });
});
