import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { absence } from "./support/backends.ts";

const index = new URL("../src/index.js", import.meta.url).href;

/** Runs pipelines with fewer and fewer free descriptors; says how each ended, and which descriptors were left open. */
const SCRIPT = `
import { closeSync, openSync, readdirSync } from "node:fs";
const { defaultCatalogue, pipe } = await import(${JSON.stringify(index)});
const [seq, cat] = ["seq", "cat"].map((name) => defaultCatalogue.make(name));
const commands = pipe(seq(3), cat());
const options = { countBytes: true, stdin: { text: "" }, backend: process.argv[1] };
const count = () => readdirSync("/proc/self/fd").length;
await commands.run(options);
const ends = [];
const leaks = [];
for (let free = 40; free >= 0; free--) {
  const held = [];
  try {
    for (;;) held.push(openSync("/dev/null"));
  } catch {}
  for (const fd of held.splice(0, free)) closeSync(fd);
  const end = await commands.run(options).then(({ stdout, status }) => status + stdout, ({ code, message }) => code ?? message);
  for (const fd of held) closeSync(fd);
  ends.push(end);
  await new Promise((resolve) => setTimeout(resolve, 5));
  leaks.push(count());
}
const { stdout } = await commands.run(options);
console.log(JSON.stringify({ ends, leaks, stdout }));
`;

for (const backend of ["node", "rust"] as const) {
  const skip = absence(backend) ?? false;

  test(
    `backend ${backend}: with too few descriptors a start fails in order, and leaves none open`,
    { timeout: 60_000, skip },
    async () => {
      const limited = [
        "-c",
        'ulimit -n 100; exec "$@"',
        "sh",
        process.execPath,
        "--input-type=module",
        "-e",
        SCRIPT,
        backend,
      ];
      const { stdout: printed } = await promisify(execFile)("/bin/sh", limited);
      const { ends, leaks, stdout } = JSON.parse(printed) as { ends: string[]; leaks: number[]; stdout: string };
      assert.equal(ends[0], "ok1\n2\n3\n", printed);
      assert.equal(ends.at(-1), "PIPE_FAILED", printed);
      const others = ends.filter((end) => !["ok1\n2\n3\n", "PIPE_FAILED", "SPAWN_FAILED"].includes(end));
      assert.deepEqual(others, [], printed);
      assert.ok(
        leaks.every((count) => count <= (leaks[0] ?? 0)),
        printed,
      );
      assert.equal(stdout, "1\n2\n3\n");
    },
  );
}
