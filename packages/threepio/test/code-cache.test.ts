import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { described, execute, PROGRAM, workFolder } from "./support/threepio.ts";

const REPORTS = `
const vm = require("node:vm");
vm.Script = class extends vm.Script {
  constructor(code, options) {
    super(code, options);
    require("node:fs").writeSync(2, require("node:path").basename(options.filename) + " " + this.cachedDataRejected + "\\n");
  }
};`;

// What was made by an engine whose flags the program had changed was never taken.
test("parts of the program are loaded with their code", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context);
  const reports = join(cwd, "reports.cjs");
  writeFileSync(reports, REPORTS);
  const loaded = async (...args: readonly string[]): Promise<readonly string[]> => {
    const outcome = await execute([process.execPath, "-r", reports, PROGRAM, ...args], { cwd });
    assert.equal(outcome.status, 0, described(outcome));
    return outcome.stderr.match(/^\w+\.cjs \w+$/gm) ?? [];
  };
  assert.deepEqual(await loaded("true"), ["core.cjs false"]);
  assert.deepEqual(await loaded("failures"), ["core.cjs false", "queries.cjs false"]);
});
