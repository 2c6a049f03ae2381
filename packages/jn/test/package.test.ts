import assert from "node:assert/strict";
import { execFile } from "node:child_process";
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
    names.filter((name) => !/^dist\/bin\/[\w-]+\.(?:cjs|wasm)$/.test(name)),
    ["LICENSE", "README.md", "dist/bin/THIRD-PARTY-LICENSES.txt", "package.json"],
    packed.stdout,
  );
  const prefix = join(folder, "prefix");
  const install = ["install", "--global", "--prefix", prefix, "--offline", join(folder, tarball.filename)];
  await run("npm", install, { cwd: folder, env });
  const { stdout } = await run(join(prefix, "bin/jn"), ["filter", ".x > 10", "data.csv"], { cwd: folder });
  assert.equal(stdout, '{"x":12}\n');
});
