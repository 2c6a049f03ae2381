// Makes what is published of cuprum: packages/cuprum/dist/package, to be packed and published from there.
//
//   node scripts/package-cuprum.mjs && npm publish packages/cuprum/dist/package
//
// One module with the packages of the workspace in it: npm cannot bundle those, users need no further package for a few
// functions, and one file is loaded faster than eighty. The compiled native module stays a package of its own, one for each
// platform (scripts/pack-native.mjs), which is found where it is installed.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { rollup } from "@rollup/wasm-node";
import { root } from "./workspace.mjs";

/** The packages of the workspace that go into the module, and where their built files are. */
const INLINED = new Map([
  ["@cuprum/native", join(root, "packages/native/dist/src")],
  ["@jn/wire", join(root, "packages/wire/dist/src")],
]);

const folder = join(root, "packages/cuprum");
const built = join(folder, "dist/src");
const target = join(folder, "dist/package");
if (!existsSync(join(built, "index.js"))) throw new Error(`${built} does not exist. Run tsc -b first.`);

rmSync(target, { recursive: true, force: true });
await writeModule();
writeTypes(built, join(target, "types"));
writeManifest();
copyFileSync(join(folder, "README.md"), join(target, "README.md"));
copyFileSync(join(root, "LICENSE"), join(target, "LICENSE"));

async function writeModule() {
  const bundle = await rollup({
    input: join(built, "index.js"),
    external: /^node:/,
    treeshake: { moduleSideEffects: false },
    plugins: [
      {
        name: "workspace packages",
        resolveId: (id) => (INLINED.has(id) ? join(INLINED.get(id), "index.js") : null),
      },
    ],
    onwarn(warning) {
      throw new Error(warning.message);
    },
  });
  await bundle.write({ file: join(target, "index.js"), format: "es", inlineDynamicImports: true });
  await bundle.close();
}

/** Copies declarations, and those of the packages that they name, so that nothing else has to be installed for them. */
function writeTypes(from, to, done = new Map([[from, to]])) {
  for (const name of readdirSync(from, { recursive: true }).filter((name) => name.endsWith(".d.ts"))) {
    const file = join(to, name);
    const text = readFileSync(join(from, name), "utf8").replaceAll(/"(@[a-z]+\/[a-z]+)"/g, (whole, id) => {
      const source = INLINED.get(id);
      if (source === undefined) return whole;
      const place = join(target, "types", id);
      if (!done.has(source)) {
        done.set(source, place);
        writeTypes(source, place, done);
      }
      return JSON.stringify(`./${relative(dirname(file), join(place, "index.js"))}`);
    });
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text.replace(/\n\/\/# sourceMappingURL=.*$/, "\n"));
  }
}

function writeManifest() {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const { private: _private, dependencies, devDependencies: _devDependencies, ...published } = manifest;
  const others = Object.entries(dependencies).filter(([name]) => !INLINED.has(name));
  const exports = { ".": { types: "./types/index.d.ts", default: "./index.js" }, "./package.json": "./package.json" };
  const whole = { ...published, exports, files: ["index.js", "types"], dependencies: Object.fromEntries(others) };
  writeFileSync(join(target, "package.json"), `${JSON.stringify(whole, null, 2)}\n`);
}
