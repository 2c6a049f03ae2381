import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { dataFolder } from "../plugins/plugin-folders.ts";

/** A folder that may have profiles, and where its relative patterns start from. */
export interface ProfileFolder {
  readonly folder: string;
  readonly base: string;
}

/** Where profiles are looked for, the first one wins: `.jn/profiles` here or above, then the user's data folder. */
export function profileFolders(): readonly ProfileFolder[] {
  const found: ProfileFolder[] = [];
  for (let at = process.cwd(); ; at = dirname(at)) {
    found.push({ folder: join(at, ".jn/profiles"), base: at });
    if (dirname(at) === at) break;
  }
  const own = join(dataFolder(), "profiles");
  found.push({ folder: own, base: own });
  return found.filter(({ folder }) => existsSync(folder));
}

/** The names of the profiles in a folder: `namespace/name`. */
export function profilesIn({ folder }: ProfileFolder, prefix = ""): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const name = prefix + entry.name;
    if (entry.isDirectory()) return profilesIn({ folder, base: folder }, `${name}/`);
    return prefix !== "" && name.endsWith(".json") && entry.name !== "_meta.json"
      ? [name.slice(0, -".json".length)]
      : [];
  });
}
