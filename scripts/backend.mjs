// Which stream backend this checkout runs on, found out by loading the native module, where there is one.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, StepFailed } from "./workspace.mjs";

/** One line for people. Throws when REQUIRE_NATIVE=1 and packages/native is there but does not load. */
export async function backendLine() {
  const manifest = join(root, "packages/native/package.json");
  if (!existsSync(manifest)) return "stream backend: TypeScript (no native module)";
  const { name } = JSON.parse(readFileSync(manifest, "utf8"));
  try {
    await import(name);
    return `stream backend: Rust (${name})`;
  } catch (error) {
    if (process.env["REQUIRE_NATIVE"] === "1") throw new StepFailed(`${name} does not load: ${error.message}`);
    return `stream backend: TypeScript (${name} does not load: ${error.message})`;
  }
}
