// Bundles 3pio: packages/threepio/dist/src/bin/3pio.js -> packages/threepio/dist/bin/3pio.cjs, with a file each for what only some
// commands need (libraries are bundled with the part that uses them), and each reporter into one file that needs nothing: it is
// loaded by other people's test runners, from wherever this package lies.
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import commonjs from "@rollup/plugin-commonjs";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { rollup } from "@rollup/wasm-node";
import { licensesOf } from "./licenses.mjs";
import { root } from "./workspace.mjs";

const folder = join(root, "packages/threepio");
const sources = join(folder, "dist/src");
/** Modules that vitest loads have to be ES modules; Node and all other runners load CommonJS, which starts faster. */
const REPORTERS = new Map([
  ["preload", "cjs"],
  ["node-test", "cjs"],
  ["vitest", "es"],
  ["jest", "cjs"],
  ["mocha", "cjs"],
  ["playwright", "cjs"],
]);

const PACKAGES = new Map([
  ["@cuprum/native", "packages/native"],
  ["@jn/wire", "packages/wire"],
  ["cuprum", "packages/cuprum"],
]);

const workspacePackages = {
  name: "workspace packages",
  resolveId: (id) => (PACKAGES.has(id) ? join(root, PACKAGES.get(id), "dist/src/index.js") : null),
};

/** Writes dist/bin and dist/reporters; both are made anew. */
export async function bundleThreepio() {
  for (const name of ["bin", "reporters"]) {
    rmSync(join(folder, "dist", name), { recursive: true, force: true });
    mkdirSync(join(folder, "dist", name), { recursive: true });
  }
  await bundleProgram();
  await bundlePage();
  for (const [name, format] of REPORTERS) {
    const file = join(folder, "dist/reporters", `${name}.${format === "es" ? "mjs" : "cjs"}`);
    await bundle(`reporters/${name}.js`, { file, format, exports: "auto" });
  }
  for (const name of readdirSync(join(folder, "python"))) {
    if (name.endsWith(".py")) copyFileSync(join(folder, "python", name), join(folder, "dist/reporters", name));
  }
}

/** What a library loads from the folder it is in. */
const ASSETS = ["node-sqlite3-wasm/dist/node-sqlite3-wasm.wasm"];

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

async function bundleProgram() {
  const made = await rollup({
    input: join(sources, "bin/3pio.js"),
    external: [/^node:/, "saxes"],
    // Cycles and comments inside libraries are theirs.
    onwarn: (warning, warn) =>
      (warning.ids ?? [warning.id ?? ""]).every((id) => id.includes("node_modules/")) ? undefined : warn(warning),
    treeshake: { moduleSideEffects: false },
    plugins: [
      workspacePackages,
      {
        // Rollup folds parameters that are the same in all calls that it sees; it does not see those of what is imported when
        // it is needed. Behind a call of its own the import can be used for anything.
        name: "imports when needed",
        transform: (code, id) =>
          id.includes("/node_modules/")
            ? null
            : code.replaceAll(/\bawait import\(("[^"]+")\)/g, "await Object(import($1))"),
      },
      {
        name: "JSON of libraries",
        transform: (code, id) => (id.endsWith(".json") ? `export default ${code}` : null),
      },
      nodeResolve({ exportConditions: ["node"], preferBuiltins: true }),
      commonjs(),
    ],
  });
  const target = join(folder, "dist/bin");
  const { output } = await made.write({
    dir: target,
    format: "cjs",
    entryFileNames: "3pio.cjs",
    chunkFileNames: "[name].cjs",
    manualChunks: partOf,
  });
  await made.close();
  for (const name of ASSETS) copyFileSync(join(root, "node_modules", name), join(target, basename(name)));
  writeFileSync(join(target, "THIRD-PARTY-LICENSES.txt"), licensesOf(output));
  chmodSync(join(target, "3pio.cjs"), 0o755);
}

/** The script and style of the HTML report: put into each page as they are. */
async function bundlePage() {
  const made = await rollup({ input: join(folder, "dist/page/page.js") });
  await made.write({ file: join(folder, "dist/bin/page.js"), format: "iife", compact: true });
  await made.close();
  copyFileSync(join(folder, "page/page.css"), join(folder, "dist/bin/page.css"));
}

async function bundle(entry, output) {
  const made = await rollup({
    input: join(sources, entry),
    external: [/^node:/, "saxes"],
    treeshake: { moduleSideEffects: false },
    plugins: [workspacePackages],
  });
  await made.write(output);
  await made.close();
}
