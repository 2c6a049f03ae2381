// Bundles what is run and published of the built packages: the jn command, the jn library, 3pio. Each in a process of its own,
// side by side; what would be made of the same files as before is left alone.
//
//   node scripts/bundle.mjs
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run, script, StepFailed } from "./workspace.mjs";

/** `from`: what goes in, beside the libraries that package-lock.json names; `made`: the file that is there when it was bundled. */
const BUNDLES = [
  {
    name: "jn-command",
    from: ["packages/jn/dist/src", ...nativeFiles()],
    made: "packages/jn/dist/bin/jn.cjs",
  },
  { name: "jn-library", from: ["packages/jn/dist/src"], made: "packages/jn/dist/lib/index.cjs" },
  {
    name: "threepio",
    from: ["dist/src", "dist/page", "page", "python"].map((part) => `packages/threepio/${part}`),
    made: "packages/threepio/dist/bin/3pio.cjs",
  },
];
const SHARED = [
  "package-lock.json",
  "scripts/bundle",
  ...["wire", "native", "cuprum"].map((name) => `packages/${name}/dist/src`),
];

await script(async () => {
  const codes = await Promise.all(BUNDLES.map((bundle) => bundled(bundle)));
  return Math.max(...codes);
});

async function bundled({ name, from, made }) {
  const record = join(root, made, `../../${name}.inputs`);
  const inputs = digest([...SHARED, ...from]);
  if (existsSync(join(root, made)) && existsSync(record) && readFileSync(record, "utf8") === inputs) return 0;
  // A bundle that is half made is not to be taken for a whole one.
  rmSync(record, { force: true });
  const code = await run(process.execPath, [join(root, `scripts/bundle/${name}.mjs`)]);
  if (code === 0) writeFileSync(record, inputs);
  return code;
}

/** The native module, for each platform that it was built for, and its licences; none where there is no cargo. */
function nativeFiles() {
  const folder = "packages/native/dist";
  return readdirSync(join(root, folder))
    .filter((name) => /\.(?:node|txt)$/.test(name))
    .map((name) => `${folder}/${name}`);
}

/** SHA-256 over the names and the contents of files and folders. */
function digest(paths) {
  const hash = createHash("sha256");
  for (const path of paths.flatMap((name) => filesOf(name))) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update("\0");
  }
  return hash.digest("hex");
}

function filesOf(path) {
  const full = join(root, path);
  const entry = statSync(full, { throwIfNoEntry: false });
  if (entry === undefined) throw new StepFailed(`${full} does not exist. Run tsc -b first.`);
  if (entry.isFile()) return [path];
  return readdirSync(full)
    .filter((name) => name !== "__pycache__")
    .toSorted()
    .flatMap((name) => filesOf(`${path}/${name}`));
}
