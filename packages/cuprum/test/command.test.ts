import assert from "node:assert/strict";
import { test } from "node:test";
import { CuprumError } from "cuprum";
import { cat, described, echo, node, sh, wc } from "./support/programs.ts";

const timeout = 30_000;

test("a result says how it ended, and what was printed where", { timeout }, async () => {
  const result = await sh("-c", "echo out; echo err >&2; exit 3").run();
  assert.equal(result.status, "failed", described(result));
  assert.deepEqual([result.exitCode, result.signal, result.stdout, result.stderr], [3, null, "out\n", "err\n"]);
});

test("every standard stream of a child is a pipe", { timeout }, async () => {
  const script = "for (const fd of [0, 1, 2]) console.log(require('fs').fstatSync(fd).isFIFO())";
  const result = await node("-e", script).run({ stdin: { text: "" } });
  assert.equal(result.stdout, "true\ntrue\ntrue\n", described(result));
});

test("the input can be a text of any size", { timeout }, async () => {
  const result = await wc({ bytes: true }).run({ stdin: { text: "é".repeat(1_000_000) } });
  assert.equal(result.stdout.trim(), "2000000", described(result));
});

test("output is decoded as a whole", { timeout }, async () => {
  const result = await cat().run({ stdin: [Buffer.from([0xc3]), Buffer.from([0xa9])] });
  assert.equal(result.stdout, "é", described(result));
});

test("check throws, with the result", { timeout }, async () => {
  await assert.rejects(sh("-c", "echo why >&2; exit 4").run({ check: true }), (error) => {
    assert.ok(error instanceof CuprumError);
    assert.equal(error.code, "EXIT");
    assert.equal(error.result?.exitCode, 4);
    assert.match(error.message, /ended with exit code 4:\nwhy/);
    return true;
  });
});

test("a command runs anew each time", { timeout }, async () => {
  const hello = echo("hello");
  assert.equal((await hello.run()).stdout, "hello\n");
  assert.equal((await hello.run()).stdout, "hello\n");
});
