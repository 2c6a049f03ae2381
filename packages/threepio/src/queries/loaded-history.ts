import { setFlagsFromString } from "node:v8";
import type * as history from "../history/history.ts";

/**
 * The history with its database, which only some commands need: loaded when it is wanted. The database is WebAssembly, which the
 * engine's quick compiler makes run as fast for what we do: the other one, which would follow for everything that runs often, takes
 * 45 MB for itself and its code.
 */
export async function loadedHistory(): Promise<typeof history> {
  setFlagsFromString("--liftoff-only");
  return await import("../history/history.ts");
}
