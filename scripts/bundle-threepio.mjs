// Bundles 3pio: packages/threepio/dist/src/bin/3pio.js -> packages/threepio/dist/bin/3pio.cjs, and each reporter into one file
// that needs nothing: it is loaded by other people's test runners, from wherever this package lies.
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { rollup } from "@rollup/wasm-node";
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
  const program = join(folder, "dist/bin/3pio.cjs");
  await bundle("bin/3pio.js", { file: program, format: "cjs", inlineDynamicImports: true });
  chmodSync(program, 0o755);
  for (const [name, format] of REPORTERS) {
    const file = join(folder, "dist/reporters", `${name}.${format === "es" ? "mjs" : "cjs"}`);
    await bundle(`reporters/${name}.js`, { file, format, exports: "auto" });
  }
  for (const name of readdirSync(join(folder, "python"))) {
    if (name.endsWith(".py")) copyFileSync(join(folder, "python", name), join(folder, "dist/reporters", name));
  }
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
