import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type RunOptions, secret } from "cuprum";
import { cat } from "./support/programs.ts";
import { Recorder } from "./support/recorder.ts";
import { refuses } from "./support/refusal.ts";

describe("options that mean nothing are refused before anything starts", { timeout: 30_000 }, () => {
  for (const [name, value, message] of [
    ["stdin", null, /stdin is null; it is "ignore"/],
    ["stdin", "text", /stdin is 'text'; .* { text }/],
    ["stdin", { fd: -1 }, /stdin is { fd: -1 }/],
    ["stdin", { fd: 0.5 }, /stdin is/],
    ["stdin", { file: undefined }, /stdin is/],
    ["stdout", "txt", /stdout is 'txt'; it is "text"/],
    ["stdout", null, /stdout is null/],
    ["stdout", { fd: "1" }, /stdout is/],
    ["stderr", "null", /stderr is 'null'; it is "capture"/],
    ["cwd", "", /cwd is ''/],
    ["cwd", "a\0b", /cwd is/],
    ["cwd", 7, /cwd is 7/],
    ["signal", new AbortController(), /the signal of an AbortController/],
    ["observers", [(): void => {}], /objects with an onEvent function/],
    ["observers", [null], /objects with an onEvent function/],
    ["maxCaptureBytes", -1, /maxCaptureBytes is -1; it is a number from 0/],
    ["maxStderrBytes", 2 ** 40, /maxStderrBytes is 1099511627776/],
    ["graceMs", 2 ** 31, /graceMs is 2147483648; it is a number from 0 to 2147483647/],
    ["lingerMs", Number.NaN, /lingerMs is NaN/],
    ["lingerMs", "5", /lingerMs is 5/],
    ["encoding", "klingon", /encoding "klingon" is not known/],
    ["backend", "perl", /auto, rust, node/],
  ] as const satisfies readonly (readonly [keyof RunOptions, unknown, RegExp])[]) {
    test(`${name}: ${JSON.stringify(value)}`, async () => {
      const seen = new Recorder();
      const options = { observers: [seen], [name]: value } as RunOptions;
      await refuses(() => cat().run(options), "INVALID_OPTION", message);
      assert.deepEqual(seen.events, []);
    });
  }

  test("a secret of a variable that is not set", async () => {
    const { NO_SUCH_VARIABLE: token } = process.env;
    await refuses(() => secret(token as string), "INVALID_ARGUMENT", /not undefined; is a variable not set/);
  });
});
