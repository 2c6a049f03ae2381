import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadNative, NativeError } from "@cuprum/native";

const load = loadNative();
const skip = load.available || process.env["REQUIRE_NATIVE"] === "1" ? false : `no native module: ${load.reason}`;
const timeout = 60_000;

test("numbers of threads and bytes that cannot be are refused by name", { skip, timeout }, () => {
  assert.ok(load.available);
  const native = load.module;
  for (const [name, wrong] of [
    ["threads", [0, 65, 1.5, -1, NaN]],
    ["chunkBytes", [0, 16 * 1024 * 1024 + 1, 0.5, Infinity]],
  ] as const) {
    for (const value of wrong)
      assert.throws(
        () => native.recordKernels({ [name]: value }),
        (error) =>
          error instanceof NativeError && error.code === "BAD_OPTION" && error.message.startsWith(`${name} is`),
      );
  }
});

test(
  "any number of threads, with chunks of any size, carries the same bytes in the same order",
  { skip, timeout },
  (context) => {
    assert.ok(load.available);
    const folder = mkdtempSync(join(tmpdir(), "native-kernels-"));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    const [from, to] = [join(folder, "in"), join(folder, "out")];
    const lines = Array.from({ length: 2000 }, (_, id) => `{"id":${id},"text":"${"x".repeat(id % 50)}"}\n`);
    writeFileSync(from, lines.join(""));
    for (const threads of [undefined, 1, 2, 7, 64]) {
      for (const chunkBytes of [undefined, 80, 128, 5000, 16 * 1024 * 1024]) {
        const kernels = load.module.recordKernels({ threads, chunkBytes });
        const kernel = kernels.records({ paths: [], condition: [], numbers: [], texts: [], pieces: [] });
        const [input, output] = [openSync(from, "r"), openSync(to, "w")];
        const carried = kernel.carry!(input, output, Buffer.alloc(0), 60_000, []);
        closeSync(input);
        closeSync(output);
        assert.equal(readFileSync(to, "utf8"), lines.join(""), `${threads} threads, chunks of ${chunkBytes}`);
        assert.deepEqual([carried.lines, carried.rest.length, carried.goesOn], [2000, 0, false]);
      }
    }
  },
);
