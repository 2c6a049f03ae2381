import assert from "node:assert/strict";
import { test } from "node:test";
import { pipe } from "cuprum";
import { runningWith, uniqueSeconds } from "./support/processes.ts";
import { cat, described, sh } from "./support/programs.ts";
import { until } from "./support/raw-pipe.ts";
import { stopAt } from "./support/stopping.ts";

const timeout = 30_000;

/** Ends what a test has left running on purpose. */
function endAll(seconds: string): void {
  for (const { pid } of runningWith(seconds)) process.kill(pid, "SIGKILL");
}

for (const session of ["", "setsid "]) {
  for (const trap of ["", "trap '' TERM; "]) {
    const kind = `${session === "" ? "in its group" : "in a session of its own"}${trap === "" ? "" : ", deaf to SIGTERM"}`;

    test(
      `a grandchild ${kind}, that holds the output, delays no end, and nothing read is lost`,
      { timeout },
      async () => {
        const seconds = uniqueSeconds();
        try {
          const lingerMs = session === "" ? 10_000 : 100;
          const script = `echo err >&2; ${trap}${session}sh -c 'echo out; exec sleep ${seconds}' & wait`;
          const result = await sh("-c", script).run({ ...stopAt("out"), graceMs: 100, lingerMs });
          assert.deepEqual(
            [result.status, result.stdout, result.stderr],
            ["cancelled", "out\n", "err\n"],
            described(result),
          );
          assert.equal(result.outputHeld, session !== "", described(result));
          // Who has left the group is beyond us. It still runs, so it was not waited for.
          const expected = session === "" ? 0 : 1;
          await until(() => runningWith(`sleep ${seconds}`).length === expected, `${expected} grandchildren run`);
        } finally {
          endAll(seconds);
        }
      },
    );

    test(`a grandchild ${kind}, that holds nothing, delays no end, and ends with its group`, { timeout }, async () => {
      const seconds = uniqueSeconds();
      try {
        const nothing = "< /dev/null > /dev/null 2>&1";
        const script = `${trap}${session}sh -c 'echo out; exec sleep ${seconds} ${nothing}' & wait`;
        const result = await pipe(sh("-c", script), cat()).run({ ...stopAt("out"), graceMs: 100 });
        assert.deepEqual([result.status, result.outputHeld], ["cancelled", false], described(result));
        // A signal to a process takes effect a moment after it was sent.
        if (session === "") await until(() => runningWith(seconds).length === 0, "the grandchild has ended");
      } finally {
        endAll(seconds);
      }
    });
  }
}

test("a grandchild in the background does not keep a command that has ended", { timeout }, async () => {
  const seconds = uniqueSeconds();
  try {
    const result = await sh("-c", `echo out; sleep ${seconds} &`).run({ lingerMs: 100 });
    assert.deepEqual([result.status, result.stdout, result.outputHeld], ["ok", "out\n", true], described(result));
    assert.equal(runningWith(`sleep ${seconds}`).length, 1, "it was not to be stopped");
  } finally {
    endAll(seconds);
  }
});

test("what a grandchild prints soon after the command has ended is in the result", { timeout }, async () => {
  const result = await sh("-c", "(sleep 0.1; echo late) & echo early").run({ lingerMs: 5000 });
  assert.deepEqual([result.stdout, result.outputHeld], ["early\nlate\n", false], described(result));
});

for (const [kind, body] of Object.entries({
  "without a pause": "exec yes",
  "a line now and then": "while :; do echo line; sleep 0.02; done",
})) {
  test(`a grandchild that has left the group and prints ${kind} delays no end`, { timeout }, async () => {
    const seconds = uniqueSeconds();
    try {
      const script = `setsid sh -c 'echo out; ${body}' ${seconds} & sleep ${seconds}`;
      const limits = { graceMs: 100, lingerMs: 100, maxCaptureBytes: 4 };
      const result = await sh("-c", script).run({ ...stopAt("out"), ...limits });
      assert.deepEqual(
        [result.status, result.stdout, result.outputHeld],
        ["cancelled", "out\n", true],
        described(result),
      );
    } finally {
      endAll(seconds);
    }
  });
}

test("a grandchild that holds a hop, and no other output, ends with the rest", { timeout }, async () => {
  const seconds = uniqueSeconds();
  try {
    const script = `sleep ${seconds} 2> /dev/null & echo out`;
    const result = await pipe(sh("-c", script), cat()).run({ ...stopAt("out"), graceMs: 100 });
    assert.deepEqual([result.status, result.stdout], ["cancelled", "out\n"], described(result));
    await until(() => runningWith(seconds).length === 0, "the grandchild has ended");
  } finally {
    endAll(seconds);
  }
});

test("a grandchild that cleans up on SIGTERM has the time to", { timeout }, async () => {
  const inner = "trap 'sleep 0.2; echo cleaned >&3; exit' TERM; echo out >&4; while :; do sleep 0.05; done";
  const script = `exec 3>&2 4>&1; sh -c "${inner}" < /dev/null > /dev/null 2>&1 & sleep 60`;
  const result = await sh("-c", script).run({ ...stopAt("out"), graceMs: 10_000 });
  assert.deepEqual([result.status, result.stderr], ["cancelled", "cleaned\n"], described(result));
});
