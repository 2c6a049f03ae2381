// What the other scripts share: where things are, and how to install, build and run. Needs nothing but Node, because it
// also runs on a fresh clone, before anything is installed.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Installs what package-lock.json asks for, unless it is there. Throws when that fails. */
export async function installIfNeeded() {
  if (installed()) return;
  console.error("installing (npm ci)");
  await mustRun("npm", ["ci"]);
}

/** Builds what changed: types, JavaScript, the native module, and the bundles. Throws when that fails. */
export async function build() {
  await mustRun(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b"]);
  await mustRun(process.execPath, [join(root, "scripts/native.mjs")]);
  await mustRun(process.execPath, [join(root, "scripts/bundle.mjs")]);
}

/** Runs a program with our own descriptors; resolves with its exit code, 128 + n when signal n ended it. */
export async function run(program, args, { env = {} } = {}) {
  const child = spawn(program, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
  const pass = (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, pass);
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
    });
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, pass);
  }
}

/** Runs the main function of a script; a failed step becomes its exit code, without a stack. */
export async function script(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}

/** A step that the rest depends on did not succeed. */
export class StepFailed extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

async function mustRun(program, args) {
  const exitCode = await run(program, args);
  if (exitCode !== 0) throw new StepFailed(`${[program, ...args].join(" ")} ended with ${exitCode}`, exitCode);
}

/** Compares contents, not times: `git checkout` and `npm install` touch both files in either order. */
function installed() {
  const record = join(root, "node_modules/.package-lock.json");
  if (!existsSync(record)) return false;
  const wanted = packagesIn(join(root, "package-lock.json"));
  const present = packagesIn(record);
  return Object.entries(wanted).every(([path, { version, link, resolved, optional }]) => {
    // What is optional may be for another platform.
    if (!path.startsWith("node_modules/") || optional) return true;
    return link ? present[path]?.resolved === resolved : present[path]?.version === version;
  });
}

function packagesIn(lockfile) {
  return JSON.parse(readFileSync(lockfile, "utf8")).packages;
}
