// Bundles the jn command: packages/jn/dist/src/bin/jn.js -> packages/jn/dist/bin/core.cjs and a file each for what is loaded
// only where it is used: each format, the filter, what waits (streams). The library goes to dist/lib in the same way. Libraries are bundled with the part that uses them.
//
// Start-up is paid by every stage of every pipeline. One file a part instead of a hundred saves most of it; CommonJS,
// although every source is an ES module, saves what Node 20 needs to start its ES module loader (10 ms, a quarter of an
// empty program); leaving out of the first file what is not used saves the time to compile it. What is compiled often is compiled here
// (code-cache.mjs): jn.cjs, the program, only loads these parts.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import commonjs from "@rollup/plugin-commonjs";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { rollup } from "@rollup/wasm-node";
import { bundleThreepio } from "./bundle-threepio.mjs";
import { makeCodeCache } from "./code-cache.mjs";
import { withLauncher } from "./launcher.mjs";
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

const FILTER = /\/src\/(?:filter\/|commands\/filter|stages\/(?:filter|held-results|result-printer))/;

/** What few filters use. */
const FILTER_PARTS = [
  ["filter-regex", /\/filter\/(?:regex\/|builtins\/regex)/],
  ["filter-time", /\/filter\/(?:builtins\/(?:dates|times)|value\/(?:broken-down-time|time-))/],
  ["filter-math", /\/filter\/(?:builtins\/numbers|value\/special-functions)/],
  ["filter-text", /\/filter\/builtins\/(?:cases|ids)/],
  ["filter-slurp", /\/(?:filter\/aggregation\/|stages\/aggregated-records)/],
  ["filter-modules", /\/filter\/modules\//],
  ["filter-inputs", /\/(?:address\/record-pull|stages\/(?:input-queue|filtered-inputs))/],
];
/** What commands that look at fields of records share with the filter. */
const RECORD_PARTS =
  /\/src\/(?:filter\/(?:record-fields|engine|value\/(?:value|parts|deep-json|exact-number|json-text|number-text|object-key|filter-error))\.|keys\/|runs\/|stages\/(?:parsed-record|through-stage|heap-bound)|cli\/memory-flag)/;

const LICENSES = "THIRD-PARTY-LICENSES.txt";

/** What a library loads from the folder it is in. */
const ASSETS = ["node-sqlite3-wasm/dist/node-sqlite3-wasm.wasm"];

/** Which file a module goes into; undefined: wherever rollup puts it. Libraries go with the part that uses them. */
function partOf(id) {
  const path = id.replaceAll("\\", "/");
  // Two parts read TOML.
  if (path.includes("/node_modules/smol-toml/")) return "toml";
  if (/\/node_modules\//.test(path) || path.includes("\0")) return undefined;
  if (/\/packages\/native\/|\/src\/kernels\//.test(path)) return "jn-core";
  if (/\/packages\/cuprum\/|\/src\/(?:cli\/backend\.|processes\/)/.test(path)) return "cuprum";
  if (RECORD_PARTS.test(path)) return "records";
  if (/\/src\/(?:aggregates|sketches)\//.test(path)) return "aggregates";
  const part = FILTER_PARTS.find(([, files]) => files.test(path));
  if (part !== undefined) return part[0];
  if (FILTER.test(path)) return "filter";
  if (/\/src\/bad-records\/bad-record-log/.test(path)) return "bad-records";
  if (/\/src\/cli\/(?:help|reference)/.test(path)) return "help";
  if (
    /\/src\/(?:formats\/(?!column)[^/]+$|json\/(?:value-text|parse-value)|text\/(?:typed-value|display-width|young-generation)|streams\/(?:values|spool))/.test(
      path,
    )
  )
    return "values";
  if (/\/src\/(?:streams|codecs|text\/text-decoder|pipeline\/reader-demand)(?!\/magic)/.test(path)) return "streams";
  if (/\/src\/(?:pipeline\/(?:progress|published|flow)|commands\/top)/.test(path)) return "progress";
  if (/\/src\/commands\/table/.test(path)) return "table";
  if (/\/src\/(?:run\/|commands\/run)/.test(path)) return "run";
  if (/\/src\/(?:profiles\/|commands\/profile)/.test(path)) return "profiles";
  // Another program, too: who reads from the Web does not pay for starting programs.
  if (/\/src\/(?:plugins\/external\/|commands\/plugin|protocols\/threepio)/.test(path)) return "plugins";
  if (/\/src\/(?:commands\/put|address\/(?:records-out|record-outlet)|atomic-file)/.test(path)) return "put";
  if (path.includes("/stages/assert/json-schema")) return "json-schema";
  if (path.includes("/stages/completion/candidates")) return "candidates";
  const [, command] =
    /\/src\/(?:commands\/(?!head|tail|registry|cat)([a-z]+)\.|stages\/([a-z]+)\/)/.exec(path)?.filter(Boolean) ?? [];
  if (command !== undefined) return command;
  if (/\/src\/(?:commands|stages)\/(?!registry|cat)/.test(path)) return "stages";
  if (/\/src\/address\/(?:explain|conditions|file-meta|page-stages|record-filter)/.test(path)) return "address";
  if (/\/src\/protocols\//.test(path)) return "http";
  if (/\/src\/address\/glob/.test(path)) return "glob";
  if (path.endsWith("/markdown-document.js")) return "markdown-document";
  const [, format] = /\/src\/formats\/([^/]+)\/[^/]+$/.exec(path) ?? [];
  if (format !== undefined && format !== "ndjson") return format;
  return "jn-core";
}

// A cache fits by the length of the text alone: none may be there that was made of another.
rmSync(join(target, "code-cache"), { recursive: true, force: true });
await bundled({ entry, target, name: "core.cjs", manualChunks: partOf });
const program = readFileSync(new URL("part-loader.cjs", import.meta.url), "utf8");
writeFileSync(join(target, "jn.cjs"), withLauncher(program), { mode: 0o755 });
makeCodeCache(target);
// The library is a build of its own: what it shares with the command is in files that begin with running it.
await bundled({ entry: join(folder, "dist/src/index.js"), target: join(folder, "dist/lib"), name: "index.cjs" });
for (const file of ["index", "jn-error", "library/stages", "library/types"]) {
  const path = join(folder, "dist/lib/types", `${file}.d.ts`);
  mkdirSync(dirname(path), { recursive: true });
  const types = readFileSync(join(folder, "dist/src", `${file}.d.ts`), "utf8");
  writeFileSync(path, types.replaceAll(/(from "\.[^"]*)\.ts"/g, '$1.js"').replace(/\/\/# sourceMappingURL=.*$/s, ""));
}

if (process.argv[2] === undefined) await bundleThreepio();

/** Bundles an entry, and what it loads when it needs it, into a folder that then has nothing else. */
async function bundled({ entry, target, name, manualChunks }) {
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
      {
        name: "JSON files",
        transform: (code, id) => (id.endsWith(".json") ? { code: `module.exports = ${code}`, map: null } : null),
      },
      nodeResolve({ exportConditions: ["node"], preferBuiltins: true }),
      commonjs({ extensions: [".js", ".json"] }),
    ],
  });
  const { output } = await bundle.write({
    dir: target,
    format: "cjs",
    entryFileNames: name,
    chunkFileNames: "[name].cjs",
    manualChunks,
  });
  await bundle.close();
  for (const name of ASSETS) copyFileSync(join(root, "node_modules", name), join(target, basename(name)));

  writeFileSync(join(target, LICENSES), licensesOf(output));

  const written = new Set([
    LICENSES,
    "types",
    ...output.map((file) => file.fileName),
    ...ASSETS.map((name) => basename(name)),
  ]);
  for (const name of existsSync(target) ? readdirSync(target) : []) if (!written.has(name)) rmSync(join(target, name));
}
