import assert from "node:assert/strict";
import { test } from "node:test";
import { untilChildrenAreGone, withParent } from "./support/parent.ts";

const timeout = 60_000;

/** Two pipelines, a stage that is deaf to SIGTERM, one that is stopped, and something in the background: all bear the seconds. */
const PROCESSES = 6;
const START = `
const sleeping = sh("-c", "exec sleep " + seconds);
const deaf = sh("-c", "trap '' TERM; sleep " + seconds + " & sleep " + seconds + "; sleep " + seconds);
const stopped = sh("-c", "kill -STOP $$; exec sleep " + seconds);
const running = [cuprum.pipe(sleeping, deaf).run(), cuprum.pipe(stopped, sleeping).run({ countBytes: true })];
`;

for (const [how, script, expected] of [
  ["is killed by SIGKILL", "await Promise.all(running);", "SIGKILL"],
  ["is ended by SIGTERM", "await Promise.all(running);", "SIGTERM"],
  ["is ended by SIGINT, as by a terminal", "await Promise.all(running);", "SIGINT"],
] as const) {
  test(`a process that ${how} leaves no child and no temporary file`, { timeout }, async () => {
    await withParent(START + script, PROCESSES, async (parent) => {
      // A terminal signals the whole foreground group.
      process.kill(expected === "SIGINT" ? -parent.pid : parent.pid, expected);
      const { how: end, printed } = await parent.ended;
      assert.equal(end, expected, printed);
      await untilChildrenAreGone(parent);
      assert.deepEqual(parent.leftovers(), []);
    });
  });
}

for (const [how, ending, code] of [
  ["calls process.exit", "process.exit(3)", 3],
  ["has an uncaught exception", "throw new Error('uncaught')", 1],
] as const) {
  test(`a process that ${how} leaves no child and no temporary file`, { timeout }, async () => {
    // In the middle of the next start, when the folder of its pipes is there.
    const script = `process.on("SIGUSR2", () => { void cuprum.pipe(sleeping, sleeping).run(); ${ending}; });`;
    await withParent(START + script, PROCESSES, async (parent) => {
      process.kill(parent.pid, "SIGUSR2");
      const { how: end, printed } = await parent.ended;
      assert.equal(end, code, printed);
      await untilChildrenAreGone(parent);
      assert.deepEqual(parent.leftovers(), []);
    });
  });
}
