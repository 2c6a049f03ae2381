import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { described, JN_PATH, type RunOptions, runShell, succeeded } from "./jn.ts";

/**
 * Runs a command line that must end well and say nothing, and returns the most memory, in bytes, that its command `watched` had: jn and
 * the jn that it starts, its output thrown away. `watching` is the same, its output passed on.
 */
export async function peakIn(cwd: string, command: string, options: RunOptions = {}): Promise<number> {
  writeFileSync(
    join(cwd, "peak.cjs"),
    'process.on("exit", () => require("fs").appendFileSync("peaks", `${process.resourceUsage().maxRSS}\\n`));',
  );
  const prelude = `NODE='${process.execPath}' JN='${JN_PATH}'; watching() { "$NODE" -r ./peak.cjs "$JN" "$@"; }; watched() { watching "$@" > /dev/null; }; set -o pipefail; `;
  const outcome = await runShell(prelude + command, { ...options, cwd });
  assert.equal(succeeded(outcome), "", described(outcome));
  const peaks = readFileSync(join(cwd, "peaks"), "utf8").trim().split("\n").map(Number);
  rmSync(join(cwd, "peaks"));
  return 1024 * Math.max(...peaks);
}
