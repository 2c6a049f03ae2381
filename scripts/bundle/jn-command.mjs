// Bundles the jn command: packages/jn/dist/src/bin/jn.js -> packages/jn/dist/bin/core.cjs and a file each for what is loaded
// only where it is used: each format, the filter, what waits (streams). Libraries are bundled with the part that uses them.
//
// Start-up is paid by every stage of every pipeline. One file a part instead of a hundred saves most of it; CommonJS,
// although every source is an ES module, saves what Node 20 needs to start its ES module loader (10 ms, a quarter of an
// empty program); leaving out of the first file what is not used saves the time to compile it. What is compiled often is compiled here
// (code-cache.mjs): jn.cjs, the program, only loads these parts.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../workspace.mjs";
import { makeCodeCache } from "./code-cache.mjs";
import { EVERYDAY } from "./jn-everyday.mjs";
import { withLauncher } from "./launcher.mjs";
import { writeProgram } from "./program.mjs";

const folder = join(root, "packages/jn/dist");
const target = join(folder, "bin");

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
  /\/src\/(?:filter\/(?:record-fields|record-value|expected-keys|value\/(?:value|budget|deep-json|exact-number|json-text|number-text|object-key|filter-error))\.|keys\/|stages\/(?:heap-bound|parsed-record|through-stage)|cli\/memory-flag)/;

/** Which file a module goes into; undefined: wherever rollup puts it. Libraries go with the part that uses them. */
function partOf(id) {
  const path = id.replaceAll("\\", "/");
  // Two parts read TOML.
  if (path.includes("/node_modules/smol-toml/")) return "toml";
  if (/\/node_modules\//.test(path) || path.includes("\0")) return undefined;
  if (/\/packages\/native\/|\/src\/kernels\//.test(path)) return "jn-core";
  if (/\/packages\/cuprum\/|\/src\/(?:cli\/backend\.|processes\/)/.test(path)) return "cuprum";
  if (path.includes("/src/runs/temporary-file")) return "temporary-file";
  if (path.includes("/src/runs/")) return "runs";
  if (RECORD_PARTS.test(path)) return "records";
  if (/\/src\/(?:aggregates|sketches)\//.test(path)) return "aggregates";
  const part = FILTER_PARTS.find(([, files]) => files.test(path));
  if (part !== undefined) return part[0];
  if (FILTER.test(path)) return "filter";
  if (/\/src\/bad-records\/bad-record-log/.test(path)) return "bad-records";
  if (/\/src\/cli\/(?:help|reference)/.test(path)) return "help";
  if (
    /\/src\/(?:formats\/(?!column)[^/]+$|json\/(?:value-text|parse-value)|text\/(?:typed-value|display-width)|streams\/(?:values|spool))/.test(
      path,
    )
  )
    return "values";
  if (/\/src\/(?:streams|codecs|text\/text-decoder|pipeline\/reader-demand)(?!\/magic)/.test(path)) return "streams";
  if (/\/src\/(?:pipeline\/(?:progress|published|flow|linked)|commands\/top)/.test(path)) return "progress";
  if (/\/src\/(?:commands|stages)\/table/.test(path)) return "table";
  // What few pipelines have: programs that are no commands.
  if (/\/(?:plugins\/external\/trust|run\/declared-programs)/.test(path)) return "programs";
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
  if (/\/src\/(?:commands|stages)\/(?!registry|cat|run-stage)/.test(path)) return "stages";
  if (
    /\/src\/(?:address\/(?:explain|conditions|file-meta|page-stages|record-filter)|formats\/ndjson\/leading-fields)/.test(
      path,
    )
  )
    return "address";
  if (/\/src\/protocols\//.test(path)) return "http";
  if (/\/src\/address\/glob/.test(path)) return "glob";
  if (path.endsWith("/markdown-document.js")) return "markdown-document";
  // Loads the rest when it has prepared the engine.
  if (path.endsWith("/sqlite-format.js")) return "sqlite-format";
  const [, format] = /\/src\/formats\/([^/]+)\/[^/]+$/.exec(path) ?? [];
  if (format !== undefined && format !== "ndjson") return format;
  return "jn-core";
}

// A cache fits by the length of the text alone: none may be there that was made of another.
rmSync(join(target, "code-cache"), { recursive: true, force: true });
await writeProgram({
  entry: join(folder, "src/bin/jn.js"),
  file: join(target, "core.cjs"),
  partOf,
  assets: ["node-sqlite3-wasm/dist/node-sqlite3-wasm.wasm"],
});
const program = readFileSync(new URL("part-loader.cjs", import.meta.url), "utf8");
writeFileSync(join(target, "jn.cjs"), withLauncher(program), { mode: 0o755 });

// The native module, for each platform that it was built for: what is installed from one tarball is fast, too.
const native = join(folder, "native");
rmSync(native, { recursive: true, force: true });
mkdirSync(native);
for (const name of readdirSync(join(root, "packages/native/dist"))) {
  if (/\.(?:node|txt)$/.test(name)) copyFileSync(join(root, "packages/native/dist", name), join(native, name));
}
makeCodeCache(join(target, "jn.cjs"), EVERYDAY);
