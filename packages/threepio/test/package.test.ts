import assert from "node:assert/strict";
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
  assert.deepEqual(
    tarball?.files.map(({ path }) => path).toSorted(),
    [
      "LICENSE",
      "README.md",
      "dist/bin/3pio.cjs",
      "dist/bin/THIRD-PARTY-LICENSES.txt",
      "dist/bin/exports.cjs",
      "dist/bin/history.cjs",
      "dist/bin/mcp.cjs",
      "dist/bin/node-sqlite3-wasm.wasm",
      "dist/bin/page.css",
      "dist/bin/page.js",
      "dist/bin/queries.cjs",
      "dist/bin/watch.cjs",
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
