// Builds the native module with cargo, where there is one: packages/native/crates -> packages/native/dist/*.node. Says in
// one line what happened. Without it everything works, on the TypeScript backend; under REQUIRE_NATIVE=1, as in CI, its
// absence is a failure.
//
//   node scripts/native.mjs           builds what changed
//   node scripts/native.mjs --check   checks the Rust sources: format, lints, tests
//   node scripts/native.mjs --soak N  fuzzes them for N seconds, and tests them under the address sanitizer where rustup has
//                                     a nightly toolchain
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { crateLicenses } from "./native-licenses.mjs";
import { root, script, StepFailed } from "./workspace.mjs";

const folder = join(root, "packages/native");

/** Rust's names of the platforms that there can be a module for, and ours, which are those of npm packages. */
const PLATFORMS = new Map([
  ["x86_64-unknown-linux-gnu", "linux-x64-gnu"],
  ["aarch64-unknown-linux-gnu", "linux-arm64-gnu"],
  ["x86_64-unknown-linux-musl", "linux-x64-musl"],
  ["aarch64-unknown-linux-musl", "linux-arm64-musl"],
  ["x86_64-apple-darwin", "darwin-x64"],
  ["aarch64-apple-darwin", "darwin-arm64"],
]);

const CHECKS = [
  ["fmt", "--check"],
  // In the profile of the build, whose compiled macros it then finds.
  ["clippy", "--quiet", "--release", "--locked", "--lib", "--tests", "--", "--deny", "warnings"],
  ["test", "--quiet", "--locked", "--package", "cuprum-streams", "--package", "cuprum-records"],
];

function main() {
  const toolchain = findToolchain();
  if (toolchain.missing !== undefined) return without(toolchain.missing);
  const [mode, seconds] = process.argv.slice(2);
  if (mode === "--check") return check(toolchain);
  return mode === "--soak" ? soak(toolchain, seconds) : build(toolchain);
}

function build(toolchain) {
  const platform = PLATFORMS.get(toolchain.host);
  if (platform === undefined) return without(`there is none for ${toolchain.host}`);
  const file = join(folder, `dist/cuprum-native.${platform}.node`);
  const start = performance.now();
  if (cargo(toolchain, ["build", "--quiet", "--release", "--locked"]) !== 0) {
    // An older one would be taken for this one.
    rmSync(file, { force: true });
    return without("cargo could not build it, see above");
  }
  const library = toolchain.host.includes("apple") ? "libcuprum_native.dylib" : "libcuprum_native.so";
  const built = readFileSync(join(folder, "target/release", library));
  const licenses = join(folder, "dist/THIRD-PARTY-LICENSES.txt");
  if (existsSync(licenses) && existsSync(file) && readFileSync(file).equals(built))
    return said("native module: up to date");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(licenses, crateLicenses(metadata(toolchain), "cuprum-native-addon"));
  // By renaming: a process that has the old one loaded keeps it.
  writeFileSync(`${file}.new`, built);
  renameSync(`${file}.new`, file);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  return said(`native module: built for ${platform} by ${toolchain.version} in ${seconds} s`);
}

function check(toolchain) {
  for (const args of CHECKS) {
    mustCargo(toolchain, args);
  }
  return said("native module: its sources are formatted, lint-free and tested");
}

const FUZZED = ["--package", "cuprum-streams", "--package", "cuprum-records"];

/** Nine fuzz targets, each for a ninth of the time. */
function soak(toolchain, seconds) {
  const env = { ...toolchain.env, CUPRUM_SOAK_SECONDS: String(Math.ceil(Number(seconds) / 9)) };
  const targets = [...FUZZED, "--test", "soak", "--test", "carry"];
  mustCargo({ ...toolchain, env }, [
    "test",
    "--locked",
    ...targets,
    "--",
    "--ignored",
    "--nocapture",
    "--test-threads=1",
  ]);
  const nightly = ["+nightly", "test", "--locked", ...FUZZED, "--target", toolchain.host];
  if (spawnSync(toolchain.program, ["+nightly", "-V"], { env }).status !== 0)
    return said("native module: fuzzed; no nightly toolchain, so not run under the address sanitizer");
  const sanitized = { RUSTFLAGS: "-Zsanitizer=address", CARGO_TARGET_DIR: join(folder, "target/sanitized") };
  const brief = { CUPRUM_SOAK_SECONDS: "30" };
  mustCargo({ ...toolchain, env: { ...env, ...sanitized, ...brief } }, [...nightly, "--", "--include-ignored"]);
  return said("native module: fuzzed, and tested under the address sanitizer");
}

function metadata({ program, env, host }) {
  const args = ["metadata", "--format-version", "1", "--locked", "--filter-platform", host];
  const options = {
    cwd: folder,
    env,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "inherit"],
  };
  const { status, stdout } = spawnSync(program, args, options);
  if (status !== 0) throw new StepFailed(`packages/native: cargo ${args.join(" ")} ended with ${status}`);
  return JSON.parse(stdout);
}

function mustCargo(toolchain, args) {
  const exitCode = cargo(toolchain, args);
  if (exitCode !== 0) throw new StepFailed(`packages/native: cargo ${args.join(" ")} ended with ${exitCode}`, 1);
}

function cargo({ program, env }, args) {
  const { status, error } = spawnSync(program, args, { cwd: folder, env, stdio: ["ignore", "inherit", "inherit"] });
  if (error !== undefined) throw new StepFailed(`${program} does not start: ${error.message}`);
  return status ?? 1;
}

/** The cargo on the path, once it has told its version; else `missing`, the reason. */
function findToolchain() {
  const program = (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((path) => join(path, "cargo"))
    .find((path) => existsSync(path));
  if (program === undefined) return { missing: "cargo is not on the path" };
  // rustup looks for its toolchains under HOME, wherever it is installed itself; with another HOME it finds none.
  const besideIt = join(dirname(realpathSync(program)), "../../.rustup");
  const environments = [process.env];
  if (existsSync(besideIt)) environments.push({ ...process.env, RUSTUP_HOME: besideIt });
  let missing = "";
  for (const env of environments) {
    const { status, stdout, stderr, error } = spawnSync(program, ["-vV"], { cwd: folder, env, encoding: "utf8" });
    const host = /^host: (.+)$/m.exec(stdout ?? "")?.[1];
    if (status === 0 && host !== undefined) return { program, env, host, version: stdout.split(" (", 1)[0] };
    missing ||= `${program} does not work: ${(error?.message ?? stderr).trim().split("\n", 1)[0]}`;
  }
  return { missing };
}

function without(reason) {
  const line = `native module: none, ${reason}`;
  if (process.env["REQUIRE_NATIVE"] === "1") throw new StepFailed(`${line}, and REQUIRE_NATIVE=1 asks for it`);
  return said(`${line}; the TypeScript backend does its work`);
}

function said(line) {
  console.error(line);
  return 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await script(main);
