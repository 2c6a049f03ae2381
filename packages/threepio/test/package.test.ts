import assert from "node:assert/strict";
import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { described, execute, workFolder } from "./support/threepio.ts";

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), "../..");

test("the packed tarball has the program, every reporter, and nothing else", { timeout: 120_000 }, async (context) => {
  const cwd = workFolder(context);
  const packed = await execute(["npm", "pack", PACKAGE, "--dry-run", "--json"], { cwd });
  assert.equal(packed.status, 0, described(packed));
  const [tarball] = JSON.parse(packed.stdout) as readonly { readonly files: readonly { readonly path: string }[] }[];
  const paths = tarball!.files.map(({ path }) => path);
  // What is compiled already, for the Node that built it.
  const isCode = (path: string): boolean => path.startsWith("dist/bin/code-cache/");
  assert.ok(paths.some(isCode), described(packed));
  assert.deepEqual(
    paths.filter((path) => !isCode(path)).toSorted(),
    [
      "LICENSE",
      "README.md",
      "dist/bin/3pio.cjs",
      "dist/bin/THIRD-PARTY-LICENSES.txt",
      "dist/bin/core.cjs",
      "dist/bin/exports.cjs",
      "dist/bin/history.cjs",
      "dist/bin/mcp.cjs",
      "dist/bin/node-sqlite3-wasm.wasm",
      "dist/bin/page.css",
      "dist/bin/page.js",
      "dist/bin/queries.cjs",
      "dist/bin/watch.cjs",
      "dist/reporters/injection.cjs",
      "dist/reporters/jest.cjs",
      "dist/reporters/mocha.cjs",
      "dist/reporters/node-test.cjs",
      "dist/reporters/playwright.cjs",
      "dist/reporters/preload.cjs",
      "dist/reporters/threepio_pytest.py",
      "dist/reporters/threepio_segment.py",
      "dist/reporters/vitest.mjs",
      "package.json",
    ],
    described(packed),
  );
});

test("the packed program runs where nothing but its dependencies is", { timeout: 120_000 }, async (context) => {
  const cwd = workFolder(context, "junit");
  const packed = await execute(["npm", "pack", PACKAGE], { cwd });
  assert.equal(packed.status, 0, described(packed));
  const unpacked = await execute(["tar", "-xzf", "3pio-0.1.0.tgz"], { cwd });
  assert.equal(unpacked.status, 0, described(unpacked));
  const modules = join(cwd, "package/node_modules");
  mkdirSync(modules);
  for (const name of ["saxes", "xmlchars"]) {
    cpSync(join(PACKAGE, "../../node_modules", name), join(modules, name), { recursive: true });
  }
  const program = [process.execPath, "package/dist/bin/3pio.cjs"];
  const outcome = await execute([...program, "run", "--junit", "reports", process.execPath, "write.cjs"], { cwd });
  assert.equal(outcome.status, 1, described(outcome));
  assert.match(outcome.stdout, /^5 tests: 1 failed/m, described(outcome));
});
