// Bundles 3pio: packages/threepio/dist/src/bin/3pio.js -> packages/threepio/dist/bin/core.cjs, with a file each for what only some
// commands need (libraries are bundled with the part that uses them), and each reporter into one file that needs nothing: it is
// loaded by other people's test runners, from wherever this package lies.
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rollup } from "@rollup/wasm-node";
import { root } from "../workspace.mjs";
import { makeCodeCache } from "./code-cache.mjs";
import { workspacePackages, writeProgram } from "./program.mjs";

const folder = join(root, "packages/threepio");
const sources = join(folder, "dist/src");
/** Modules that vitest loads have to be ES modules; Node and all other runners load CommonJS, which starts faster. */
const REPORTERS = new Map([
  ["preload", "cjs"],
  ["injection", "cjs"],
  ["node-test", "cjs"],
  ["vitest", "es"],
  ["jest", "cjs"],
  ["mocha", "cjs"],
  ["playwright", "cjs"],
]);

/** The command lines whose code is compiled here, so that 3pio starts at once; the first runs tests, and the others look at it. */
const EVERYDAY = {
  files: {
    "suite.test.cjs":
      'const { test } = require("node:test");\n' +
      'test("a", () => {});\ntest("b", () => { throw new Error("no"); });\ntest("c", { skip: "later" }, () => {});\n',
  },
  commands: [["sh", "-c", `"${process.execPath}" --test; true`], ["failures"], ["list"], ["verify"], ["rebuild"]],
};

/** Which file a module goes into; undefined: wherever rollup puts it. Libraries go with the part that uses them. */
function partOf(id) {
  const path = id.replaceAll("\\", "/");
  if (/\/node_modules\//.test(path) || path.includes("\0")) return undefined;
  if (/\/src\/history\//.test(path)) return "history";
  if (/\/src\/(?:exports\/(?!format)|page-report\/|commands\/report)/.test(path)) return "exports";
  if (
    /\/src\/(?:queries\/|commands\/(?:list|show|failures|output|diff|slowest|records|gc|flaky|shard|merge|rerun)|run\/(?:merged-run|retention))/.test(
      path,
    )
  )
    return "queries";
  const [, command] = /\/src\/(?:commands\/)?(mcp|watch)[/.]/.exec(path) ?? [];
  return command ?? "threepio-core";
}

rmSync(join(folder, "dist/reporters"), { recursive: true, force: true });
const target = join(folder, "dist/bin");
// A cache fits by the length of the text alone: none may be there that was made of another.
rmSync(join(target, "code-cache"), { recursive: true, force: true });
await writeProgram({
  entry: join(sources, "bin/3pio.js"),
  file: join(target, "core.cjs"),
  partOf,
  assets: ["node-sqlite3-wasm/dist/node-sqlite3-wasm.wasm"],
  external: ["saxes"],
});
const program = join(target, "3pio.cjs");
const loader = readFileSync(new URL("part-loader.cjs", import.meta.url), "utf8");
writeFileSync(program, `#!/usr/bin/env node\n${loader}`, { mode: 0o755 });
await bundlePage();
for (const [name, format] of REPORTERS) {
  const file = join(folder, "dist/reporters", `${name}.${format === "es" ? "mjs" : "cjs"}`);
  await bundleReporter(`reporters/${name}.js`, { file, format, exports: "auto" });
}
for (const name of readdirSync(join(folder, "python"))) {
  if (name.endsWith(".py")) copyFileSync(join(folder, "python", name), join(folder, "dist/reporters", name));
}

makeCodeCache(program, EVERYDAY);

/** The script and style of the HTML report: put into each page as they are. */
async function bundlePage() {
  const made = await rollup({ input: join(folder, "dist/page/page.js") });
  await made.write({ file: join(folder, "dist/bin/page.js"), format: "iife", compact: true });
  await made.close();
  copyFileSync(join(folder, "page/page.css"), join(folder, "dist/bin/page.css"));
}

async function bundleReporter(entry, output) {
  const made = await rollup({
    input: join(sources, entry),
    external: [/^node:/, "saxes"],
    // What "this" is to a helper that TypeScript puts at the top of a module.
    context: "globalThis",
    treeshake: { moduleSideEffects: false },
    plugins: [workspacePackages],
  });
  await made.write(output);
  await made.close();
}
