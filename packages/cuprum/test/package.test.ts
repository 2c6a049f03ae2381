import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { folderWith } from "./support/folder.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** What somebody writes in an empty folder. */
const SCRIPT = `
import { CuprumError, defineCatalogue, operands, pipe, runConcurrent, scoped, type BeforeHook, type Command } from "cuprum";

const { make } = defineCatalogue({ text: { programs: ["cat", "sort", "uniq", "head"] } });
// @ts-expect-error "grep" is no program of this catalogue
try { make("grep"); } catch (error) { console.log(error instanceof CuprumError && error.code); }

const sort = make("sort");
const words: Command = make("cat")(operands("words.txt"));
const top = pipe(words, sort(), make("uniq")({ count: true }), sort({ numeric: true, reverse: true }), make("head")({ n: 1 }));
for await (const line of top.lines()) console.log(line.trim());

const announce: BeforeHook = ({ program }) => console.log("before", program);
const missing = await scoped({ allow: ["cat"], before: announce }, () => make("cat")("no-such").run());
console.log(missing.status, missing.exitCode, missing.stdout satisfies string);

const { entries } = await runConcurrent([words, sort("words.txt")], { limit: 2, stdout: "bytes" });
console.log(entries.map(({ result }) => (result?.stdout satisfies Uint8Array | undefined)?.length).join(" "));
`;

const OUTPUT = "UNKNOWN_PROGRAM\n2 b\nbefore cat\nfailed 1 \n6 6\n";

test("the packed tarball works alone in an empty folder, with its types", { timeout: 120_000 }, async (context) => {
  const folder = folderWith(context, {
    "package.json": '{ "type": "module", "private": true }',
    "script.ts": SCRIPT,
    "words.txt": "b\na\nb\n",
  });
  const env = { ...process.env, npm_config_cache: join(folder, "cache"), npm_config_update_notifier: "false" };
  await run(process.execPath, [join(ROOT, "scripts/package-cuprum.mjs")], { cwd: ROOT });
  const published = join(ROOT, "packages/cuprum/dist/package");
  await run("npm", ["pack", "--pack-destination", folder], { cwd: published, env });
  await run("npm", ["install", "--offline", "--no-audit", join(folder, "cuprum-0.1.0.tgz")], { cwd: folder, env });
  assert.deepEqual(readdirSync(join(folder, "node_modules")).toSorted(), [".package-lock.json", "cuprum"]);
  const installed = readdirSync(join(folder, "node_modules/cuprum")).toSorted();
  assert.deepEqual(installed, ["LICENSE", "README.md", "index.js", "package.json", "types"]);

  // Its declarations are checked, too: no skipLibCheck.
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const types = ["--types", "node", "--typeRoots", join(ROOT, "node_modules/@types")];
  const flags = ["--strict", "--target", "es2022", "--module", "nodenext", "--outDir", "out", ...types];
  await run(process.execPath, [compiler, ...flags, "script.ts"], { cwd: folder });
  assert.ok(existsSync(join(folder, "out/script.js")));
  const { stdout } = await run(process.execPath, [join(folder, "out/script.js")], { cwd: folder });
  assert.equal(stdout, OUTPUT);
  assert.equal(await backendIn(folder), "node\n");

  // The compiled module is a package of its own, and is found when it is installed beside it.
  const modules = readdirSync(join(ROOT, "packages/native/dist")).filter((name) => name.endsWith(".node"));
  if (modules.length === 0) return;
  const packed = await run(process.execPath, [join(ROOT, "scripts/pack-native.mjs"), folder], { cwd: ROOT, env });
  const [, ...platforms] = packed.stdout.trim().split("\n");
  await run("npm", ["install", "--offline", "--no-audit", ...platforms], { cwd: folder, env });
  assert.equal(await backendIn(folder), "rust\n");
});

async function backendIn(folder: string): Promise<string> {
  const script = 'import { streamBackend } from "cuprum"; console.log(streamBackend().backend.name)';
  const env = { ...process.env, CUPRUM_STREAM_BACKEND: "" };
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: folder, env });
  return stdout;
}
