import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { described, failed, folderWith, runJn, succeeded } from "./support/jn.ts";

const THREEPIO = join(dirname(fileURLToPath(import.meta.url)), "../../../threepio/dist/bin/3pio.cjs");

test("@3pio/RUN: the results of a test run, with conditions and options", { timeout: 60_000 }, async (context) => {
  const cwd = folderWith(context);
  const bin = join(cwd, "bin");
  mkdirSync(bin);
  symlinkSync(THREEPIO, join(bin, "3pio"));
  const events = join(cwd, ".3pio/runs/20260101T000000-0000/events");
  mkdirSync(events, { recursive: true });
  const line = (seq: number, rest: object): string =>
    `${JSON.stringify({ v: 1, run: "20260101T000000-0000", writer: "w", seq, t: 1_767_225_600_000, ...rest })}\n`;
  const text = [
    line(0, { type: "hello", runner: "pytest", pid: 1, cwd }),
    line(1, { type: "test.end", path: ["a.py", "good"], status: "pass", ms: 1 }),
    line(2, { type: "test.end", path: ["a.py", "bad"], status: "fail", error: { message: "m", stack: "s" } }),
    line(3, { type: "bye", count: 3, failures: 0 }),
  ];
  writeFileSync(join(events, "w.jsonl"), text.join(""));
  symlinkSync("20260101T000000-0000", join(cwd, ".3pio/runs/latest"));
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"]}` };
  const names = async (...args: readonly string[]): Promise<string> => succeeded(await runJn(args, { cwd, env }));
  assert.equal(await names("filter", ".name", "@3pio/latest"), '"bad"\n"good"\n');
  assert.equal(await names("filter", ".name", "@3pio/20260101?status=fail"), '"bad"\n');
  assert.equal(await names("filter", "[.stack]", "@3pio/latest?status=fail"), "[null]\n");
  assert.equal(await names("filter", "[.stack]", "@3pio/latest~ndjson?full=true&status=fail"), '["s"]\n');
  failed(await runJn(["cat", "@3pio/2099"], { cwd, env }), 3, /@3pio\/2099.*there is no run '2099'/);
  const without = { ...env, PATH: dirname(process.execPath) };
  const missing = await runJn(["cat", "@3pio/latest"], { cwd, env: without });
  failed(missing, 2, /3pio is not installed, or not on the path; npm install --global 3pio/);
  // A profile of one's own with that name is that profile.
  mkdirSync(join(cwd, ".jn/profiles/3pio"), { recursive: true });
  writeFileSync(join(cwd, "own.ndjson"), '{"name":"own"}\n');
  writeFileSync(join(cwd, ".jn/profiles/3pio/latest.json"), '{"pattern":"own.ndjson"}');
  const own = await runJn(["cat", "@3pio/latest"], { cwd, env });
  assert.equal(succeeded(own), '{"name":"own"}\n', described(own));
});
