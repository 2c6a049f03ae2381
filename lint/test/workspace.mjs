// A workspace in a temporary folder with the project's own lint configuration, for the real oxlint to run on.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Lints `files` (path -> source) with the project's configuration. Returns path -> the codes of its findings, in order. */
export function lint(files) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "jn-lint-")));
  try {
    for (const name of [".oxlintrc.json", "tsconfig.base.json", "lint"]) {
      cpSync(join(root, name), join(folder, name), { recursive: true });
    }
    rmSync(join(folder, "lint/test"), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    for (const [path, text] of Object.entries({ ...settings(files), ...files })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return findings(folder, Object.keys(files));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function settings(files) {
  const packages = new Set(Object.keys(files).map((path) => /^packages\/[^/]+/.exec(path)?.[0] ?? "packages/none"));
  const tsconfig = JSON.stringify({ extends: "../../tsconfig.base.json", include: ["src", "test"] });
  return Object.fromEntries([...packages].map((path) => [`${path}/tsconfig.json`, tsconfig]));
}

function findings(folder, paths) {
  const oxlint = join(root, "node_modules/oxlint/bin/oxlint");
  const args = [oxlint, "--format", "json", "packages"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  // 0: nothing found, 1: findings; a plugin that does not load or a rule that throws must not look like either.
  if (status > 1 || status === null || stderr !== "" || !stdout.startsWith("{")) {
    throw new Error(`oxlint ended with ${status}\n${stdout}\n${stderr}`);
  }
  const found = new Map(paths.map((path) => [path, []]));
  for (const { filename, code, message } of JSON.parse(stdout).diagnostics) {
    if (!found.has(filename) || code === undefined) throw new Error(`oxlint: ${filename}: ${message}`);
    found.get(filename).push(code);
  }
  return found;
}
