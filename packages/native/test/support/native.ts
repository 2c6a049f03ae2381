import { loadNative, type Native } from "../../src/index.ts";

const load = loadNative();
if (!load.available && process.env["REQUIRE_NATIVE"] === "1")
  throw new Error(`REQUIRE_NATIVE=1, and there is no native module: ${load.reason}`);

/** The reason for skipping a test that needs the native module, or false. */
export const skip: string | false = load.available ? false : `no native module: ${load.reason}`;

/** The native module; for tests that are not skipped. */
export function native(): Native {
  if (!load.available) throw new Error("this test needs the native module, and has to be skipped without it");
  return load.module;
}

export const HEAVY: boolean = process.env["JN_TEST_HEAVY"] === "1";
