import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { loadNative } from "../src/index.ts";
import { VERSION } from "../src/version.ts";
import { skip } from "./support/native.ts";

const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));
const PLATFORM = process.platform === "linux" ? `linux-${process.arch}-gnu` : `${process.platform}-${process.arch}`;
const options = { timeout: 60_000 };

/** A copy of the package as it is installed, without a native module. */
function packageWithout(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "native-test-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(PACKAGE, "dist/src"), join(folder, "dist/src"), { recursive: true });
  cpSync(join(PACKAGE, "package.json"), join(folder, "package.json"));
  return folder;
}

function platformPackage(
  folder: string,
  manifest: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): string {
  const path = join(folder, "node_modules/@cuprum", `native-${PLATFORM}`);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "package.json"), manifest);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

/** What `loadNative` of that copy returns, or throws, twice; as JSON. */
function load(folder: string): Record<string, unknown> {
  const source = `import { loadNative } from ${JSON.stringify(join(folder, "dist/src/index.js"))};
    try {
      const { module, ...load } = loadNative();
      console.log(JSON.stringify({ ...load, again: loadNative().module === module }));
    } catch ({ name, code, message, cause }) {
      console.log(JSON.stringify({ name, code, message, cause: String(cause) }));
    }`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", source], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

function builtModule(): Buffer {
  const file = readdirSync(join(PACKAGE, "dist")).find((name) => name.endsWith(".node")) ?? "";
  return readFileSync(join(PACKAGE, "dist", file));
}

test("the version is that of package.json and of the crates", options, () => {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as { version: string };
  assert.equal(VERSION, version);
  const workspace = readFileSync(join(PACKAGE, "Cargo.toml"), "utf8");
  assert.equal(/\[workspace\.package\]\nversion = "(.+)"/.exec(workspace)?.[1], version);
});

test("a load is remembered", options, () => {
  assert.equal(loadNative(), loadNative());
});

test("where there is no module, it says so and why", options, (context) => {
  const { available, reason } = load(packageWithout(context));
  assert.equal(available, false);
  assert.match(
    String(reason),
    new RegExp(`^it was not built here, and @cuprum/native-${PLATFORM} .*is not installed$`),
  );
});

test("a built file that does not load is loud", options, (context) => {
  const folder = packageWithout(context);
  const file = join(folder, `dist/cuprum-native.${PLATFORM}.node`);
  writeFileSync(file, "no module");
  const { name, code, message, cause } = load(folder);
  assert.deepEqual([name, code], ["NativeError", "BROKEN_MODULE"]);
  assert.ok(String(message).includes(`${file} is there but does not load`), String(message));
  assert.match(String(cause), /^Error: /);
});

test("a platform package whose file is missing is loud", options, (context) => {
  const folder = packageWithout(context);
  platformPackage(folder, `{"name":"@cuprum/native-${PLATFORM}","version":"0.1.0","main":"gone.node"}`, {});
  const { code, message } = load(folder);
  assert.equal(code, "BROKEN_MODULE");
  assert.match(String(message), new RegExp(`@cuprum/native-${PLATFORM} is there but does not load`));
});

test("a platform package whose file does not load is loud", options, (context) => {
  const folder = packageWithout(context);
  platformPackage(folder, `{"name":"@cuprum/native-${PLATFORM}","main":"a.node"}`, { "a.node": "no module" });
  assert.equal(load(folder)["code"], "BROKEN_MODULE");
});

test("a module of another version is loud, and says which is needed", { ...options, skip }, (context) => {
  const folder = packageWithout(context);
  writeFileSync(join(folder, "dist/src/version.js"), `export const VERSION = "9.9.9";`);
  writeFileSync(join(folder, `dist/cuprum-native.${PLATFORM}.node`), builtModule());
  const { code, message } = load(folder);
  assert.equal(code, "BROKEN_MODULE");
  assert.match(String(message), /is version 0\.1\.0, and 9\.9\.9 is needed/);
});

test("a module that an earlier build left behind is loud, and says what to do", { ...options, skip }, (context) => {
  const folder = packageWithout(context);
  const binding = join(folder, "dist/src/binding.js");
  writeFileSync(binding, readFileSync(binding, "utf8").replace(/INTERFACE = \d+/, "INTERFACE = 77"));
  writeFileSync(join(folder, `dist/cuprum-native.${PLATFORM}.node`), builtModule());
  const { code, message } = load(folder);
  assert.equal(code, "BROKEN_MODULE");
  assert.match(String(message), /is of an earlier build; run npm run build$/);
});

test("a platform package that works is used", { ...options, skip }, (context) => {
  const folder = packageWithout(context);
  platformPackage(folder, `{"name":"@cuprum/native-${PLATFORM}","main":"a.node"}`, { "a.node": builtModule() });
  assert.deepEqual(load(folder), { available: true, version: VERSION, again: true });
});
