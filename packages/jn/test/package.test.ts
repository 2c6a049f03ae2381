import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { folderWith } from "./support/jn.ts";

const run = promisify(execFile);
const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));

test("the packed tarball, installed by npm install -g, gives a working jn", { timeout: 120_000 }, async (context) => {
  const folder = folderWith(context, { "data.csv": "x\n5\n12\n" });
  const env = { ...process.env, npm_config_cache: join(folder, "cache"), npm_config_update_notifier: "false" };
  const packed = await run("npm", ["pack", "--pack-destination", folder, "--json"], { cwd: PACKAGE, env });
  const [tarball] = JSON.parse(packed.stdout) as readonly {
    readonly filename: string;
    readonly files: readonly { path: string }[];
  }[];
  assert.ok(tarball !== undefined, packed.stdout);
  const names = tarball.files.map((file) => file.path).toSorted();
  assert.deepEqual(
    names.filter((name) => !/^dist\/(?:(?:bin|lib)\/[\w-]+\.(?:cjs|wasm)|native\/[\w.-]+)$/.test(name)),
    [
      "LICENSE",
      "README.md",
      "dist/bin/THIRD-PARTY-LICENSES.txt",
      "dist/lib/THIRD-PARTY-LICENSES.txt",
      "dist/lib/types/index.d.ts",
      "dist/lib/types/jn-error.d.ts",
      "dist/lib/types/library/stages.d.ts",
      "dist/lib/types/library/types.d.ts",
      "package.json",
    ],
    packed.stdout,
  );
  const prefix = join(folder, "prefix");
  const install = ["install", "--global", "--prefix", prefix, "--offline", join(folder, tarball.filename)];
  await run("npm", install, { cwd: folder, env });
  const { stdout } = await run(join(prefix, "bin/jn"), ["filter", ".x > 10", "data.csv"], { cwd: folder });
  assert.equal(stdout, '{"x":12}\n');
  // The native module comes along, where this tree has one.
  const [here, installed] = await Promise.all(
    [join(PACKAGE, "dist/bin/jn.cjs"), join(prefix, "bin/jn")].map((jn) => run(jn, ["--version"], { cwd: folder })),
  );
  assert.equal(installed!.stdout, here!.stdout);
  // The library: as a module, and for the compiler.
  const modules = join(prefix, "lib/node_modules");
  const program = `import { filter, type Records } from "jn";
    const kept: Records<{ x: number }> = filter("data.csv", ".x > 10");
    for await (const record of kept) console.log(record.x + 1);\n`;
  symlinkSync(modules, join(folder, "node_modules"));
  writeFileSync(join(folder, "program.mts"), program);
  writeFileSync(join(folder, "globals.d.ts"), "declare const console: { log(value: unknown): void };\n");
  const compiler = ["--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2023", "--types", ""];
  const tsc = join(PACKAGE, "../../node_modules/typescript/bin/tsc");
  await run(process.execPath, [tsc, ...compiler, "program.mts", "globals.d.ts"], { cwd: folder });
  assert.equal((await run(process.execPath, ["program.mjs"], { cwd: folder })).stdout, "13\n");
});
