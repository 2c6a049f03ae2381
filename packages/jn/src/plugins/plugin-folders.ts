import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** A folder with external plugins. */
export interface PluginFolder {
  readonly from: "project" | "user";
  readonly path: string;
}

/** Where the user's own data is. */
export function dataFolder(): string {
  return join(process.env["XDG_DATA_HOME"] ?? join(homedir(), ".local/share"), "jn");
}

/** The folders that there are: `.jn/plugins` here, then above, then the user's. `JN_PLUGINS=none`: none of them. */
export function pluginFolders(): readonly PluginFolder[] {
  if (process.env["JN_PLUGINS"] === "none") return [];
  const found: PluginFolder[] = [];
  for (let at = process.cwd(); ; at = dirname(at)) {
    found.push({ from: "project", path: join(at, ".jn/plugins") });
    if (dirname(at) === at) break;
  }
  found.push({ from: "user", path: join(dataFolder(), "plugins") });
  return found.filter(({ path }) => existsSync(path));
}
