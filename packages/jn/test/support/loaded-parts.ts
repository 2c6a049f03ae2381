import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { JN_PATH } from "./jn.ts";

/** The names of the files of the program that a command line loads, sorted; jn.cjs and core.cjs are always there. Runs in `cwd`, and leaves a file there. */
export function loadedParts(cwd: string, args: readonly string[], input = ""): readonly string[] {
  const preload = join(cwd, "loaded.cjs");
  const names = `Object.keys(require.cache).map((path) => path.split("/").pop()).filter((name) => name !== "loaded.cjs")`;
  writeFileSync(preload, `process.on("exit", () => require("fs").writeSync(2, JSON.stringify(${names})));`);
  const { stderr } = spawnSync(process.execPath, ["-r", preload, JN_PATH, ...args], { cwd, input, encoding: "utf8" });
  return (JSON.parse(stderr) as string[]).toSorted();
}
