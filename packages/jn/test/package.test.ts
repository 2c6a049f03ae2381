import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
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
    names.filter((name) => !/^dist\/(?:bin|lib)\/[\w-]+\.(?:cjs|wasm)$/.test(name)),
    [
      "LICENSE",
      "README.md",
      "dist/bin/THIRD-PARTY-LICENSES.txt",
      "dist/lib/THIRD-PARTY-LICENSES.txt",
      "dist/lib/types/index.d.ts",
      "dist/lib/types/jn-error.d.ts",
      "dist/lib/types/library/destinations.d.ts",
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
  // Its first line marks it before Node starts, whichever way it is found.
  const local = join(folder, "local");
  mkdirSync(local);
  writeFileSync(join(local, "package.json"), "{}");
  await run("npm", ["install", "--offline", join(folder, tarball.filename)], { cwd: local, env });
  const ways = [join(prefix, "bin/jn"), join(local, "node_modules/.bin/jn"), "npx jn", "npm exec -- jn"];
  const bin = folderWith(context, {
    node: `#!/bin/sh\nls "$XDG_RUNTIME_DIR"/jn-* > "$SEEN" 2>/dev/null\nexec '${process.execPath}' "$@"\n`,
  });
  chmodSync(join(bin, "node"), 0o755);
  for (const way of process.platform === "linux" ? ways : []) {
    const seen = join(folder, "seen");
    const marked = { ...env, PATH: `${bin}:${process.env["PATH"]}`, XDG_RUNTIME_DIR: folderWith(context), SEEN: seen };
    const command = `echo '{"x":1}' | ${way} cat | cat`;
    const outcome = await run("sh", ["-c", command], { cwd: local, env: marked });
    assert.equal(outcome.stdout, '{"x":1}\n', way);
    assert.match(readFileSync(seen, "utf8"), /^\d+-\d+\n$/, way);
  }
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
