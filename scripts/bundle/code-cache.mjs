// Makes the code cache of a command: runs common command lines, and keeps what V8 compiled for them (scripts/bundle/part-loader.cjs).
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

/**
 * Writes `FOLDER/code-cache` for the Node that runs this.
 *
 * @param program  the command's file; the parts that it loads lie beside it
 * @param commands  arguments of what people do all day, run one after the other in a folder of their own; what is not here is compiled
 *   when it runs, and only what it shares with these is not
 * @param files  what is in that folder, by name
 * @param input  what all of them have for standard input
 * @param variables  what is added to the environment
 */
export function makeCodeCache(program, { commands, files, input = "", variables = {} }) {
  const folder = dirname(program);
  const target = join(folder, "code-cache", `${process.version}-${process.platform}-${process.arch}`);
  const parts = readdirSync(folder).filter((name) => name.endsWith(".cjs") && name !== basename(program));
  mkdirSync(target, { recursive: true });
  // An empty cache is one that V8 rejects, so that the part is compiled, and seen.
  for (const name of parts) writeFileSync(join(target, `${name}.cache`), "");
  const cwd = mkdtempSync(join(tmpdir(), "code-cache-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    const recorder = new URL("code-cache-recorder.mjs", import.meta.url).href;
    const env = { ...process.env, CODE_CACHE: target, ...variables };
    for (const args of commands) {
      const words = ["--import", recorder, program, ...args];
      const { status, stderr } = spawnSync(process.execPath, words, { cwd, env, input, encoding: "utf8" });
      if (status !== 0) throw new Error(`${basename(program)} ${args.join(" ")} ended with ${status}: ${stderr}`);
    }
  } finally {
    rmSync(cwd, { recursive: true });
  }
  for (const name of readdirSync(target)) if (statSync(join(target, name)).size === 0) rmSync(join(target, name));
}
