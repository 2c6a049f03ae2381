// Packs @cuprum/native as it is published: one package of JavaScript, and one for each platform with its compiled module,
// which the first depends on optionally, so that an installer takes the one that fits, or none.
//
//   node scripts/pack-native.mjs FOLDER    writes the tarballs there and prints their names
//
// Takes the compiled modules that lie in packages/native/dist: this machine's, and what other machines built.
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { root, script, StepFailed } from "./workspace.mjs";

const folder = join(root, "packages/native");
const LICENSES = "THIRD-PARTY-LICENSES.txt";

await script(() => {
  const target = process.argv[2];
  if (target === undefined) throw new StepFailed("usage: node scripts/pack-native.mjs FOLDER", 2);
  const modules = readdirSync(join(folder, "dist")).filter((name) => name.endsWith(".node"));
  if (modules.length === 0) throw new StepFailed("no native module is built; run npm run build with cargo on the path");
  const { private: _, ...manifest } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const platforms = modules.map((module) => platformManifest(module, manifest));
  const optionalDependencies = Object.fromEntries(platforms.map(({ name, version }) => [name, version]));

  const staging = mkdtempSync(join(tmpdir(), "pack-native-"));
  try {
    const main = stage(join(staging, "main"), { ...manifest, optionalDependencies }, ["dist/src", "src", "README.md"]);
    const others = platforms.map((platform) =>
      stage(join(staging, platform.main), platform, [
        [join("dist", platform.main), platform.main],
        [join("dist", LICENSES), LICENSES],
      ]),
    );
    for (const packed of [main, ...others]) console.log(pack(packed, resolve(target)));
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return 0;
});

function platformManifest(module, { version, license, engines }) {
  const platform = module.split(".")[1];
  const [os, cpu, libc] = platform.split("-");
  return {
    name: `@cuprum/native-${platform}`,
    version,
    description: `The compiled module of @cuprum/native for ${platform}.`,
    license,
    engines,
    os: [os],
    cpu: [cpu],
    // npm calls glibc by its own name.
    ...(libc !== undefined && { libc: [libc === "gnu" ? "glibc" : libc] }),
    main: module,
    files: [module, LICENSES],
  };
}

function stage(path, manifest, files) {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  copyFileSync(join(root, "LICENSE"), join(path, "LICENSE"));
  for (const file of files) {
    const [from, to] = Array.isArray(file) ? file : [file, file];
    cpSync(join(folder, from), join(path, to), { recursive: true });
  }
  return path;
}

function pack(path, target) {
  const args = ["pack", "--silent", "--pack-destination", target];
  const { status, stdout, stderr, error } = spawnSync("npm", args, { cwd: path, encoding: "utf8" });
  if (status !== 0) throw new StepFailed(`npm pack failed: ${error?.message ?? stderr}`);
  return join(target, stdout.trim());
}
