// Which stream backend this checkout runs on, found out by loading the native module.
import { StepFailed } from "./workspace.mjs";

/** One line for people. Throws when the module is broken, and when REQUIRE_NATIVE=1 and it is not there. */
export async function backendLine() {
  const { loadNative } = await import("@cuprum/native");
  const load = loaded(loadNative);
  if (load.available) return `stream backend: Rust (native module ${load.version})`;
  if (process.env["REQUIRE_NATIVE"] === "1") throw new StepFailed(`there is no native module: ${load.reason}`);
  return `stream backend: TypeScript (no native module: ${load.reason})`;
}

function loaded(loadNative) {
  try {
    return loadNative();
  } catch (error) {
    throw new StepFailed(error.message);
  }
}
