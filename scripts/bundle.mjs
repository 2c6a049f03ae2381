// Bundles the jn command: packages/jn/dist/src/bin/jn.js -> packages/jn/dist/bin/jn.js, with a chunk beside it for every
// dynamic import. One file to read instead of a hundred is what makes a command start fast.
//
//   node scripts/bundle.mjs [<package folder>]
import { build } from "esbuild";
import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { root } from "./workspace.mjs";

const folder = resolve(process.argv[2] ?? join(root, "packages/jn"));
const entry = join(folder, "dist/src/bin/jn.js");
const target = join(folder, "dist/bin");
if (!existsSync(entry)) throw new Error(`${entry} does not exist. Run tsc -b first.`);

const { metafile } = await build({
  entryPoints: [entry],
  outdir: target,
  absWorkingDir: folder,
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  platform: "node",
  target: "node20",
  format: "esm",
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});

// The name of a chunk changes with its content: remove the chunks of former builds, after the new ones are in place.
const written = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const name of readdirSync(target)) if (!written.has(name)) rmSync(join(target, name));
chmodSync(join(target, "jn.js"), 0o755);
