import assert from "node:assert/strict";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pipe, scoped } from "cuprum";
import { folderWith } from "./support/folder.ts";
import { cat, described, echo, seq, sh } from "./support/programs.ts";
import { refuses } from "./support/refusal.ts";

const timeout = 30_000;

describe("files for the input and the output", { timeout }, () => {
  test("an input that is not there, and an output where no file can be, are errors of ours before anything starts", async (context) => {
    const folder = folderWith(context);
    const marker = join(folder, "marker");
    const touch = sh("-c", 'touch "$0"', marker);
    const missing = join(folder, "no", "such");
    const error = await refuses(() => touch.run({ stdin: { file: missing } }), "IO", /cannot open .*no such file/);
    assert.equal((error.cause as NodeJS.ErrnoException).code, "ENOENT");
    await refuses(() => touch.run({ stdout: { file: missing } }), "IO", /cannot create .*no such file/);
    await refuses(() => touch.run({ stdout: { file: missing, append: true } }), "IO", /cannot open/);
    await refuses(() => touch.run({ stdout: { file: folder } }), "IO", /it is a directory/);
    assert.equal(existsSync(marker), false);
  });

  test("an output whose folder goes away is an error with the result attached", async (context) => {
    const folder = folderWith(context, { "in/a": "" });
    const file = join(folder, "in", "out");
    const after = (): void => rmSync(join(folder, "in"), { recursive: true });
    const error = await scoped({ after }, () => refuses(() => echo("a").run({ stdout: { file } }), "IO", /out/));
    assert.deepEqual([error.result?.exitCode, error.result?.program], [0, "echo"]);
  });

  test("a file appears when all went well, and keeps what it was when not", async (context) => {
    const folder = folderWith(context, { out: "before" });
    const file = join(folder, "out");
    chmodSync(file, 0o640);
    const failed = await sh("-c", "echo half; exit 1").run({ stdout: { file } });
    assert.equal(failed.status, "failed", described(failed));
    assert.equal(readFileSync(file, "utf8"), "before");
    const result = await pipe(seq(3), cat()).run({ stdout: { file } });
    assert.equal(result.stdout satisfies null, null, described(result));
    assert.equal(readFileSync(file, "utf8"), "1\n2\n3\n");
    await echo("4").run({ stdout: { file, append: true } });
    assert.equal(readFileSync(file, "utf8"), "1\n2\n3\n4\n");
    assert.deepEqual(readdirSync(folder), ["out"]);
  });
});
