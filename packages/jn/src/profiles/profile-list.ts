import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type ProfileFolder, profileFolders } from "./profile.ts";

/** The names of all profiles, in order, with the folder that each is in. */
export function allProfiles(): readonly (readonly [name: string, folder: ProfileFolder])[] {
  const found = new Map<string, ProfileFolder>();
  for (const folder of profileFolders()) {
    for (const name of namesIn(folder.folder, "")) if (!found.has(name)) found.set(name, folder);
  }
  return [...found].toSorted(([left], [right]) => (left < right ? -1 : 1));
}

function namesIn(folder: string, prefix: string): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const name = prefix + entry.name;
    if (entry.isDirectory()) return namesIn(folder, `${name}/`);
    return prefix !== "" && name.endsWith(".json") && entry.name !== "_meta.json"
      ? [name.slice(0, -".json".length)]
      : [];
  });
}
