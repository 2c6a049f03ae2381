// Bundles the jn command: packages/jn/dist/src/bin/jn.js -> packages/jn/dist/bin/jn.cjs, one file without dependencies.
//
// CommonJS, although every source is an ES module: start-up is paid by every stage of every pipeline, and Node 20 needs
// about 10 ms (a quarter of an empty program's whole time) to start its ES module loader.
//
//   node scripts/bundle.mjs [<package folder>]
import { build } from "esbuild";
import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { root } from "./workspace.mjs";

const folder = resolve(process.argv[2] ?? join(root, "packages/jn"));
const entry = join(folder, "dist/src/bin/jn.js");
const target = join(folder, "dist/bin");
if (!existsSync(entry)) throw new Error(`${entry} does not exist. Run tsc -b first.`);

await build({
  entryPoints: [entry],
  outfile: join(target, "jn.cjs"),
  absWorkingDir: folder,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  legalComments: "none",
  logLevel: "warning",
});

for (const name of readdirSync(target)) if (name !== "jn.cjs") rmSync(join(target, name));
chmodSync(join(target, "jn.cjs"), 0o755);
