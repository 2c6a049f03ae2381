// Which stream backend this checkout runs on, as cuprum chooses it.
import { StepFailed } from "./workspace.mjs";

/** One line for people. Throws when the native module is broken, and when REQUIRE_NATIVE=1 and it is not there. */
export async function backendLine() {
  const [{ streamBackend }, { loadNative }] = await Promise.all([import("cuprum"), import("@cuprum/native")]);
  try {
    const load = loadNative();
    if (!load.available && process.env["REQUIRE_NATIVE"] === "1")
      throw new StepFailed(`REQUIRE_NATIVE=1, and there is no native module: ${load.reason}`);
    const { backend, why } = streamBackend();
    return `stream backend: ${backend.name} (${why})`;
  } catch (error) {
    throw new StepFailed(error.message);
  }
}
