// Makes the code cache of the jn command: runs common command lines, and keeps what V8 compiled for them (scripts/bundle/part-loader.cjs).
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CSV = 'name,age,city\nAda,36,London\nGrace,-1.5,"New\nYork"\n,,\n';
const NDJSON = '{"name":"Ada","age":36,"at":{"city":"London"}}\n{"name":"Grace","age":1.5,"at":{"city":null}}\n';
const FILES = { "a.csv": CSV, "b.csv": CSV, "a.json": `[${NDJSON.trim().replace("\n", ",")}]`, "a.ndjson": NDJSON };

/** What people do all day; a command that is not here is compiled when it runs, and only what it shares with these is not. */
const COMMANDS = [
  ["cat", "a.csv"],
  ["cat", "a.json"],
  ["cat", "a.ndjson"],
  ["head", "-n", "1"],
  ["tail", "-n", "1"],
  ["filter", ".age > 10"],
  ["filter", "{name, city: .at.city}"],
  ["filter", '.age |= . + 1 | .seen = true | select(.name != "x")'],
  ["filter", "-s", "group_by(.name) | map({name: .[0].name, n: length})"],
  ["sort", "--by", "age"],
  ["group", "--by", "name", "--agg", "n: count, total: sum(.age)"],
  ["join", "b.csv", "--on", "name"],
  ["put", "-~json"],
  ["put", "-~csv"],
  ["put", "out.json"],
  ["put", "out.csv"],
  ["run", "cat a.csv | filter '.age > 10' | put out.json"],
];

/** Writes `FOLDER/code-cache` for the Node that runs this. */
export function makeCodeCache(folder) {
  const target = join(folder, "code-cache", `${process.version}-${process.platform}-${process.arch}`);
  const parts = readdirSync(folder).filter((name) => name.endsWith(".cjs") && name !== "jn.cjs");
  mkdirSync(target, { recursive: true });
  // What imports for itself has to be loaded by Node. An empty cache is one that V8 rejects, so that the part is compiled, and seen.
  for (const name of parts)
    if (!/[^.#\w]import\(/.test(readFileSync(join(folder, name), "utf8")))
      writeFileSync(join(target, `${name}.cache`), "");
  const cwd = mkdtempSync(join(tmpdir(), "jn-code-cache-"));
  try {
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(cwd, name), text);
    const recorder = new URL("code-cache-recorder.mjs", import.meta.url).href;
    const env = { ...process.env, CODE_CACHE: target, JN_BACKEND: "auto" };
    for (const args of COMMANDS) {
      const words = ["--import", recorder, join(folder, "jn.cjs"), ...args];
      const { status, stderr } = spawnSync(process.execPath, words, { cwd, env, input: NDJSON, encoding: "utf8" });
      if (status !== 0) throw new Error(`jn ${args.join(" ")} ended with ${status}: ${stderr}`);
    }
  } finally {
    rmSync(cwd, { recursive: true });
  }
  for (const name of readdirSync(target)) if (statSync(join(target, name)).size === 0) rmSync(join(target, name));
}
