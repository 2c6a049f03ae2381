// Bundles the jn command: packages/jn/dist/src/bin/jn.js -> packages/jn/dist/bin/jn.cjs and a file each for what is loaded
// only where it is used: each format, the filter, what waits (streams). Libraries are bundled with the part that uses them.
//
// Start-up is paid by every stage of every pipeline. One file a part instead of a hundred saves most of it; CommonJS,
// although every source is an ES module, saves what Node 20 needs to start its ES module loader (10 ms, a quarter of an
// empty program); leaving out of the first file what is not used saves the time to compile it.
import { chmodSync, copyFileSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import commonjs from "@rollup/plugin-commonjs";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { rollup } from "@rollup/wasm-node";
import { bundleThreepio } from "./bundle-threepio.mjs";
import { licensesOf } from "./licenses.mjs";
import { root } from "./workspace.mjs";

const folder = resolve(process.argv[2] ?? join(root, "packages/jn"));
const entry = join(folder, "dist/src/bin/jn.js");
const target = join(folder, "dist/bin");
if (!existsSync(entry)) throw new Error(`${entry} does not exist. Run tsc -b first.`);

/** Our own packages that are bundled. */
const WORKSPACE = new Map([
  ["@cuprum/native", "packages/native"],
  ["@jn/wire", "packages/wire"],
  ["cuprum", "packages/cuprum"],
]);

const FILTER_PARTS =
  /\/src\/(?:filter\/|commands\/filter|address\/record-pull|stages\/(?:filter|heap-bound|input-queue|parsed-record|result-printer))/;

const LICENSES = "THIRD-PARTY-LICENSES.txt";

/** What a library loads from the folder it is in. */
const ASSETS = ["node-sqlite3-wasm/dist/node-sqlite3-wasm.wasm"];

/** Which file a module goes into; undefined: wherever rollup puts it. Libraries go with the part that uses them. */
function partOf(id) {
  const path = id.replaceAll("\\", "/");
  // Two parts read TOML.
  if (path.includes("/node_modules/smol-toml/")) return "toml";
  if (/\/node_modules\//.test(path) || path.includes("\0")) return undefined;
  if (/\/packages\/(?:cuprum|native)\/|\/src\/(?:cli\/backend\.|processes\/)/.test(path)) return "cuprum";
  if (FILTER_PARTS.test(path)) return "filter";
  if (/\/src\/cli\/(?:help|reference)/.test(path)) return "help";
  if (
    /\/src\/(?:formats\/(?!column)[^/]+$|json\/(?:value-text|parse-value)|text\/(?:typed-value|display-width|young-generation)|streams\/(?:values|spool))/.test(
      path,
    )
  )
    return "values";
  if (/\/src\/(?:streams|codecs|text\/text-decoder)(?!\/magic)/.test(path)) return "streams";
  if (/\/src\/commands\/table/.test(path)) return "table";
  if (/\/src\/(?:profiles\/|commands\/profile)/.test(path)) return "profiles";
  // Another program, too: who reads from the Web does not pay for starting programs.
  if (/\/src\/(?:plugins\/external\/|commands\/plugin|protocols\/threepio)/.test(path)) return "plugins";
  if (/\/(?:commands\/put|address\/records-out|atomic-file)/.test(path)) return "put";
  if (/\/(?:commands|stages)\/(?!registry|cat)/.test(path)) return "stages";
  if (/\/src\/address\/(?:explain|conditions|file-meta)/.test(path)) return "address";
  if (/\/src\/protocols\//.test(path)) return "http";
  if (/\/src\/address\/glob/.test(path)) return "glob";
  if (path.endsWith("/markdown-document.js")) return "markdown-document";
  const [, format] = /\/src\/formats\/([^/]+)\/[^/]+$/.exec(path) ?? [];
  if (format !== undefined && format !== "ndjson") return format;
  return "jn-core";
}

const bundle = await rollup({
  input: entry,
  external: /^node:/,
  // Cycles inside libraries are theirs.
  onwarn: (warning, warn) => (warning.ids?.every((id) => id.includes("/node_modules/")) ? undefined : warn(warning)),
  treeshake: { moduleSideEffects: false },
  plugins: [
    {
      name: "workspace packages",
      resolveId: (id) => (WORKSPACE.has(id) ? join(root, WORKSPACE.get(id), "dist/src/index.js") : null),
    },
    {
      // Rollup takes the calls that it sees for all there are, and folds parameters that always are the same; calls of what
      // was imported when it was needed it does not see. Behind a call of its own the import can be used for anything.
      name: "imports when needed",
      transform: (code, id) =>
        id.includes("/node_modules/")
          ? null
          : code.replaceAll(/\bawait import\(("[^"]+")\)/g, "await Object(import($1))"),
    },
    nodeResolve({ exportConditions: ["node"], preferBuiltins: true }),
    commonjs(),
  ],
});
const { output } = await bundle.write({
  dir: target,
  format: "cjs",
  entryFileNames: "jn.cjs",
  chunkFileNames: "[name].cjs",
  manualChunks: partOf,
});
await bundle.close();
for (const name of ASSETS) copyFileSync(join(root, "node_modules", name), join(target, basename(name)));

writeFileSync(join(target, LICENSES), licensesOf(output));

const written = new Set([LICENSES, ...output.map((file) => file.fileName), ...ASSETS.map((name) => basename(name))]);
for (const name of existsSync(target) ? readdirSync(target) : []) if (!written.has(name)) rmSync(join(target, name));
chmodSync(join(target, "jn.cjs"), 0o755);

if (process.argv[2] === undefined) await bundleThreepio();
