// Bundles a program of many files into few that Node starts fast, with its libraries and their licences.
import { copyFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import commonjs from "@rollup/plugin-commonjs";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { rollup } from "@rollup/wasm-node";
import { root } from "../workspace.mjs";
import { licensesOf } from "./licenses.mjs";

const LICENSES = "THIRD-PARTY-LICENSES.txt";

/** Our own packages, which are bundled as well. */
const WORKSPACE = new Map([
  ["@cuprum/native", "packages/native"],
  ["@jn/wire", "packages/wire"],
  ["cuprum", "packages/cuprum"],
]);

export const workspacePackages = {
  name: "workspace packages",
  resolveId: (id) => (WORKSPACE.has(id) ? join(root, WORKSPACE.get(id), "dist/src/index.js") : null),
};

/**
 * Writes `file`, CommonJS, and beside it a file for each part that is loaded when it is needed; what else was in that folder goes.
 *
 * @param partOf  names the part that a module goes into; undefined: wherever rollup puts it
 * @param assets  files that a library loads from the folder it is in, as paths below node_modules
 */
export async function writeProgram({ entry, file, partOf, assets = [], external = [] }) {
  const target = dirname(file);
  const made = await rollup({
    input: entry,
    external: [/^node:/, ...external],
    // Cycles and comments inside libraries are theirs.
    onwarn: (warning, warn) =>
      modulesOf(warning).every((id) => id.includes("node_modules/")) ? undefined : warn(warning),
    treeshake: { moduleSideEffects: false },
    plugins: [
      workspacePackages,
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
      { name: "the name of a file", resolveImportMeta: (property) => (property === "filename" ? "__filename" : null) },
      nodeResolve({ exportConditions: ["node"], preferBuiltins: true }),
      commonjs({ extensions: [".js", ".json"] }),
      {
        // The class of every module is what node:module exports, but for what nobody here uses, and which takes half a millisecond to load.
        name: "node:module as it is loaded anyway",
        renderChunk: (code) => code.replaceAll("require('node:module')", "module.constructor"),
      },
    ],
  });
  const { output } = await made.write({
    dir: target,
    format: "cjs",
    // Node's own modules, then, which need no loader of ES modules; and scripts of a code cache could import nothing.
    dynamicImportInCjs: false,
    entryFileNames: basename(file),
    chunkFileNames: "[name].cjs",
    manualChunks: partOf,
  });
  await made.close();
  for (const asset of assets) copyFileSync(join(root, "node_modules", asset), join(target, basename(asset)));
  writeFileSync(join(target, LICENSES), licensesOf(output));

  const written = new Set([LICENSES, ...output.map((part) => part.fileName), ...assets.map((path) => basename(path))]);
  for (const name of readdirSync(target)) {
    if (!written.has(name)) rmSync(join(target, name), { recursive: true });
  }
}

function modulesOf(warning) {
  return warning.ids ?? [warning.id ?? ""];
}
