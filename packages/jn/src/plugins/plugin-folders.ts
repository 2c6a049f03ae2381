import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";

/** A folder with external plugins. */
export interface PluginFolder {
  readonly from: "project" | "user" | "path";
  readonly path: string;
}

/** Where the user's own data is. */
export function dataFolder(): string {
  return join(process.env["XDG_DATA_HOME"] ?? join(homedir(), ".local/share"), "jn");
}

/** Where what can be made again is kept. */
export function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "jn");
}

/** The folders of PATH. Relative ones are left out: what a folder has must not run because one is in it. */
export function pathFolders(): readonly PluginFolder[] {
  if (process.env["JN_PLUGINS"] === "none") return [];
  const paths = (process.env["PATH"] ?? "").split(delimiter).filter(isAbsolute);
  return [...new Set(paths)].filter((path) => existsSync(path)).map((path) => ({ from: "path", path }));
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
