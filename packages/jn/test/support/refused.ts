import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { failed, runJn } from "./jn.ts";

/** `jn ARGS` fails with this message, and never had more than 140 MiB of memory: an empty Node has 40. */
export async function refusedSmall(cwd: string, args: readonly string[], message: RegExp): Promise<void> {
  const peak = 'process.on("exit", () => require("fs").writeFileSync("peak", `${process.resourceUsage().maxRSS}`));';
  writeFileSync(join(cwd, "peak.cjs"), peak);
  const env = { ...process.env, NODE_OPTIONS: "--require ./peak.cjs" };
  failed(await runJn(args, { cwd, env }), 3, message);
  const mebibytes = Number(readFileSync(join(cwd, "peak"), "utf8")) / 1024;
  assert.ok(mebibytes < 140, `${Math.round(mebibytes)} MiB`);
}
