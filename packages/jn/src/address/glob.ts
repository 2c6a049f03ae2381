import { WireError } from "@jn/wire";
import { glob } from "tinyglobby";

/**
 * The files that a pattern fits, in the order of their names: `*` and `?` stay inside a folder, `**` goes through any number
 * of them, `[abc]` and `{a,b}` are choices. Files and folders whose names begin with a dot have to be asked for.
 *
 * @throws WireError `IO` when there is none
 */
export async function filesMatching(pattern: string): Promise<readonly string[]> {
  const found = await glob(pattern, { expandDirectories: false, onlyFiles: true });
  if (found.length === 0) throw new WireError("IO", `no file matches ${pattern}`);
  const isBelowHere = pattern.startsWith("./");
  return found.map((path) => (isBelowHere && !path.startsWith("./") ? `./${path}` : path)).toSorted(byBytes);
}

function byBytes(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
