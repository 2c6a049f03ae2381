// Makes what is published of cuprum: packages/cuprum/dist/package, to be packed and published from there.
//
//   node scripts/package-cuprum.mjs && npm publish packages/cuprum/dist/package
//
// One module with @jn/wire in it: npm cannot bundle a package of the workspace, users need no second package for a few
// functions, and one file is loaded faster than sixty.
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rollup } from "@rollup/wasm-node";
import { root } from "./workspace.mjs";

const folder = join(root, "packages/cuprum");
const built = join(folder, "dist/src");
const target = join(folder, "dist/package");
if (!existsSync(join(built, "index.js"))) throw new Error(`${built} does not exist. Run tsc -b first.`);

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });

const bundle = await rollup({
  input: join(built, "index.js"),
  external: [/^node:/, "@cuprum/native"],
  treeshake: { moduleSideEffects: false },
  plugins: [
    {
      name: "workspace packages",
      resolveId: (id) => (id === "@jn/wire" ? join(root, "packages/wire/dist/src/index.js") : null),
    },
  ],
  onwarn(warning) {
    throw new Error(warning.message);
  },
});
await bundle.write({ file: join(target, "index.js"), format: "es", inlineDynamicImports: true });
await bundle.close();

cpSync(built, join(target, "types"), {
  recursive: true,
  filter: (path) => !/\.(js|map|tsbuildinfo)$/.test(path),
});

const {
  private: _private,
  dependencies,
  devDependencies: _devDependencies,
  ...manifest
} = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const { "@jn/wire": _wire, ...others } = dependencies;
const published = {
  ...manifest,
  exports: { ".": { types: "./types/index.d.ts", default: "./index.js" }, "./package.json": "./package.json" },
  files: ["index.js", "types"],
  ...(Object.keys(others).length > 0 ? { dependencies: others } : {}),
};
writeFileSync(join(target, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
copyFileSync(join(folder, "README.md"), join(target, "README.md"));
copyFileSync(join(root, "LICENSE"), join(target, "LICENSE"));
