import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { CuprumError, forgetStreamBackend, pipe, streamBackend } from "cuprum";
import { cat, seq } from "./support/programs.ts";

const timeout = 10_000;
const before = process.env["CUPRUM_STREAM_BACKEND"];

function ask(text: string | undefined): void {
  if (text === undefined) delete process.env["CUPRUM_STREAM_BACKEND"];
  else process.env["CUPRUM_STREAM_BACKEND"] = text;
  forgetStreamBackend();
}

afterEach(() => ask(before));

for (const text of [undefined, "", "  ", "auto", " AUTO\t"]) {
  test(`CUPRUM_STREAM_BACKEND ${JSON.stringify(text)} leaves the choice to us`, { timeout }, () => {
    ask(text);
    assert.equal(streamBackend().request, "auto");
  });
}

for (const text of ["node", "NODE", " Node "]) {
  test(`CUPRUM_STREAM_BACKEND ${JSON.stringify(text)} is node`, { timeout }, async () => {
    ask(text);
    const { backend, request, why } = streamBackend();
    assert.deepEqual([backend.name, request], ["node", "node"]);
    assert.match(why, /CUPRUM_STREAM_BACKEND asks for it/);
    const { hops } = await pipe(seq(3), cat()).run({ countBytes: true });
    assert.deepEqual([hops[0]?.backend, hops[0]?.bytes], ["node", 6]);
  });
}

test(
  "a name that means nothing is an error that says what would, before anything is planned",
  { timeout },
  async () => {
    ask("fast");
    const events: string[] = [];
    const running = pipe(seq(3), cat()).run({ observers: [{ onEvent: ({ phase }) => void events.push(phase) }] });
    await assert.rejects(running, (error) => {
      assert.ok(error instanceof CuprumError && error.code === "INVALID_OPTION", String(error));
      assert.match(error.message, /CUPRUM_STREAM_BACKEND is "fast"; it can be auto, rust, node/);
      return true;
    });
    assert.deepEqual(events, []);
  },
);

test("an option goes before the variable", { timeout }, () => {
  ask("fast");
  assert.equal(streamBackend("node").backend.name, "node");
});

test("the variable is looked at once, until that is forgotten", { timeout }, () => {
  ask("node");
  const first = streamBackend();
  process.env["CUPRUM_STREAM_BACKEND"] = "auto";
  assert.equal(streamBackend(), first);
  forgetStreamBackend();
  assert.equal(streamBackend().request, "auto");
});
