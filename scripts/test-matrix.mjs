// npm run test:matrix: the built tests of the packages on every supported Node. The tests start jn through
// process.execPath, so the commands run on that Node as well.
//
//   node scripts/test-matrix.mjs [<major> ...]
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { backendLine } from "./backend.mjs";
import { packageTests, runTests } from "./run-tests.mjs";
import { build, installIfNeeded, root, run, script, StepFailed } from "./workspace.mjs";

const MAJORS = ["20", "22", "24"];

await script(async () => {
  await installIfNeeded();
  await build();
  console.log(await backendLine());
  const wanted = process.argv.slice(2);
  const results = [];
  for (const major of wanted.length > 0 ? wanted : MAJORS) {
    const node = await nodeOf(major);
    const version = versionOf(node);
    console.log(`\nNode ${version}`);
    results.push({ version, exitCode: await runTests(node, packageTests()) });
  }
  console.log();
  for (const { version, exitCode } of results) console.log(`Node ${version}: ${exitCode === 0 ? "passed" : "FAILED"}`);
  return results.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0;
});

/** The executable of a Node of that major version: our own, or one from npm, kept in node_modules/.cache. */
async function nodeOf(major) {
  if (process.versions.node.split(".")[0] === major) return process.execPath;
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const folder = join(root, "node_modules/.cache", `node-${major}`);
  const node = join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(node)) {
    // Into a folder of its own: the package would put its node before the user's on the path of every npm script.
    const flags = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-update-notifier"];
    const exitCode = await run("npm", ["install", "--prefix", folder, ...flags, `${name}@${major}`]);
    if (exitCode !== 0) throw new StepFailed(`npm could not install ${name}@${major}`, exitCode);
  }
  return node;
}

function versionOf(node) {
  const { stdout, error } = spawnSync(node, ["--version"], { encoding: "utf8" });
  if (error !== undefined) throw new StepFailed(`${node} does not start: ${error.message}`);
  return stdout.trim().slice(1);
}
