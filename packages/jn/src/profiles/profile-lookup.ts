import { existsSync } from "node:fs";
import { join } from "node:path";
import { usageError } from "../jn-error.ts";
import { pluginFolders } from "../plugins/plugin-folders.ts";
import { type Profile, readProfile } from "./profile.ts";
import { profileFolders, profilesIn } from "./profile-folders.ts";

/** A profile that there is, described in a file or by a plugin. */
export interface KnownProfile {
  readonly name: string;
  /** @throws JnError `USAGE` when it is wrong */
  readonly read: () => Profile;
}

/**
 * The profile of this name, variables not yet filled in: of the nearest folder that has it, else of a plugin.
 *
 * @throws JnError `USAGE` when there is none, or when it is wrong, with its file and place
 */
export async function profileNamed(name: string): Promise<Profile> {
  if (!/^[\w-]+(?:\/[\w.-]+)+$/.test(name) || name.includes("..")) {
    throw usageError(`@${name}: a profile is called @namespace/name`);
  }
  for (const folder of profileFolders()) {
    if (existsSync(join(folder.folder, `${name}.json`))) return readProfile(name, folder);
  }
  const found = (await ofPlugins()).find((profile) => profile.name === name);
  if (found !== undefined) return found.read();
  throw usageError(`@${name}: there is no such profile; jn profile list shows those there are`);
}

/** Whether a folder has a profile of this name. */
export function hasProfile(name: string): boolean {
  return profileFolders().some(({ folder }) => existsSync(join(folder, `${name}.json`)));
}

/** Every profile, by name; the nearest one of a name wins. */
export async function allProfiles(): Promise<readonly KnownProfile[]> {
  const found = new Map<string, KnownProfile>();
  for (const folder of profileFolders()) {
    for (const name of profilesIn(folder))
      if (!found.has(name)) found.set(name, { name, read: () => readProfile(name, folder) });
  }
  for (const profile of await ofPlugins()) if (!found.has(profile.name)) found.set(profile.name, profile);
  return [...found.values()].toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

async function ofPlugins(): Promise<readonly KnownProfile[]> {
  if (pluginFolders().length === 0) return [];
  const { profilesOfPlugins } = await import("./plugin-profiles.ts");
  return await profilesOfPlugins();
}
