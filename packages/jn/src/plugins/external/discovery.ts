import { accessSync, constants, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { JnError, usageError } from "../../jn-error.ts";
import type { Manifest, Plugin } from "../plugin.ts";
import { pathFolders, type PluginFolder, pluginFolders } from "../plugin-folders.ts";
import type { Entry } from "../registry.ts";
import { externalPlugin, metaOf } from "./external-plugin.ts";
import { ManifestCache } from "./manifest-cache.ts";
import { manifestInText } from "./plugin-manifest.ts";
import { isTrusted } from "./trust.ts";

/** An executable that is a plugin. */
export interface External {
  readonly from: PluginFolder["from"];
  readonly path: string;
  /** Whether it may run: those of a project only when the user said so. */
  readonly trusted: boolean;
  /** undefined: it has no header, and what it says itself is not asked before it is trusted. */
  readonly manifest: Manifest | undefined;
  /** Why it cannot be used. */
  readonly problem: string | undefined;
}

/** What a plugin on the path is called: `jn-plugin-` and anything. */
const ON_PATH = /^jn-plugin-./;

/** Every executable in the plugin folders: the nearest project first, the user's last. Nothing is run that is not trusted. */
export async function discover(): Promise<readonly External[]> {
  return await inFolders(pluginFolders(), () => true);
}

/** Every executable on the path whose name says that it is a plugin. */
export async function discoverOnPath(): Promise<readonly External[]> {
  return await inFolders(pathFolders(), (name) => ON_PATH.test(name));
}

/** What can be used of them, nearest first; what is not trusted yet says so when it is chosen. */
export async function externalEntries(role: Plugin["role"]): Promise<readonly (readonly Entry[])[]> {
  const all = await discover();
  return ["project", "user"].map((from) => entriesOf(all, role).filter((entry) => entry.from === from));
}

export async function entriesOnPath(role: Plugin["role"]): Promise<readonly Entry[]> {
  return entriesOf(await discoverOnPath(), role);
}

async function inFolders(
  folders: readonly PluginFolder[],
  isPlugin: (name: string) => boolean,
): Promise<readonly External[]> {
  const cache = new ManifestCache();
  const found: External[] = [];
  for (const { from, path: folder } of folders) {
    for (const name of namesIn(folder).filter(isPlugin).toSorted()) {
      const path = join(realpathSync(folder), name);
      if (isExecutable(path)) found.push(await described(from, path, cache));
    }
  }
  cache.save();
  return found;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // It is a file, or not ours to look into: there is nothing in it for us.
    return [];
  }
}

function entriesOf(all: readonly External[], role: Plugin["role"]): readonly (Entry & Pick<External, "from">)[] {
  return all.flatMap((external) => {
    const { from, manifest } = external;
    if (manifest?.role !== role) return [];
    const load = async (): Promise<Plugin> => await loaded(external, manifest);
    return [{ from, name: manifest.name, role, matches: manifest.matches, load }];
  });
}

async function loaded(external: External, manifest: Manifest): Promise<Plugin> {
  if (!external.trusted) {
    throw usageError(
      `the plugin ${manifest.name} of this project (${external.path}) is not trusted; read it, then: jn plugin trust ${manifest.name}; or ` +
        "leave out plugins with JN_PLUGINS=none",
    );
  }
  return await Promise.resolve(externalPlugin(external.path, manifest));
}

async function described(from: External["from"], path: string, cache: ManifestCache): Promise<External> {
  const trusted = from !== "project" || isTrusted(path);
  try {
    const manifest = await cache.manifestOf(path, async () => {
      return manifestInText(path) ?? (trusted ? await metaOf(path) : undefined);
    });
    return { from, path, trusted, manifest, problem: undefined };
  } catch (error) {
    if (!(error instanceof JnError)) throw error;
    return { from, path, trusted, manifest: undefined, problem: error.message };
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
