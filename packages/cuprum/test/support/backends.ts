import { CuprumError } from "cuprum";
import { streamBackend } from "../../src/streams/backend-choice.ts";
import type { BackendName } from "../../src/streams/stream-backend.ts";

/** Why a backend cannot be tested here; undefined when it can. `REQUIRE_NATIVE=1` makes an absent one an error. */
export function absence(name: BackendName): string | undefined {
  try {
    streamBackend(name);
    return undefined;
  } catch (error) {
    const isAbsent = error instanceof CuprumError && error.code === "BACKEND_UNAVAILABLE";
    if (!isAbsent || process.env["REQUIRE_NATIVE"] === "1") throw error;
    return error.message;
  }
}
