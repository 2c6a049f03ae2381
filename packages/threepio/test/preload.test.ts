import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { described, execute, PROGRAM, workFolder } from "./support/threepio.ts";

const PRELOAD = join(PROGRAM, "../../reporters/preload.cjs");

// It loaded what starts processes, threads and sockets into every Node process of a run.
test(
  "what is preloaded into every Node process of a run loads no more of Node than that has",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    const print = "console.log(process.moduleLoadList.filter((name) => /^NativeModule /.test(name)).toSorted().join())";
    const loaded = async (...args: readonly string[]): Promise<string> => {
      const outcome = await execute([process.execPath, ...args, "-e", print], { cwd, env: { THREEPIO_EVENTS: cwd } });
      assert.equal(outcome.status, 0, described(outcome));
      return outcome.stdout;
    };
    assert.equal(await loaded("--require", PRELOAD), await loaded("--require", "node:path"));
  },
);
