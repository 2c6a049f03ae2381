import { WireError } from "@jn/wire";
import { complain } from "../cli/console.ts";

/** Trouble with our own files is said, once for each kind, and does not stop anything. */
export function guarded<Result>(action: string, work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    if (!said.has(action)) complain(`3pio: could not ${action}: ${error.message}`);
    said.add(action);
    return undefined;
  }
}

const said = new Set<string>();
