// Bundles the jn library: packages/jn/dist/src/index.js -> packages/jn/dist/lib. A build of its own: what it shares with the command
// is in files that begin with running it.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../workspace.mjs";
import { writeProgram } from "./program.mjs";

const folder = join(root, "packages/jn/dist");
const target = join(folder, "lib");

await writeProgram({
  entry: join(folder, "src/index.js"),
  file: join(target, "index.cjs"),
  assets: ["node-sqlite3-wasm/dist/node-sqlite3-wasm.wasm"],
});

for (const name of ["index", "jn-error", "library/destinations", "library/stages", "library/types"]) {
  const path = join(target, "types", `${name}.d.ts`);
  const types = readFileSync(join(folder, "src", `${name}.d.ts`), "utf8");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, types.replaceAll(/(from "\.[^"]*)\.ts"/g, '$1.js"').replace(/\/\/# sourceMappingURL=.*$/s, ""));
}
