import { accessSync, constants, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { JnError, usageError } from "../../jn-error.ts";
import type { FormatPlugin, Manifest, Plugin, ProtocolPlugin } from "../plugin.ts";
import { type PluginFolder, pluginFolders } from "../plugin-folders.ts";
import type { Entry } from "../registry.ts";
import { externalFormat, externalProtocol, metaOf } from "./external-plugin.ts";
import { manifestInText } from "./plugin-manifest.ts";
import { isTrusted } from "./trust.ts";

/** An executable that is a plugin. */
export interface External {
  readonly from: PluginFolder["from"];
  readonly path: string;
  /** Whether it may run: those of the user may, those of a project when the user said so. */
  readonly trusted: boolean;
  /** undefined: it has no header, and what it says itself is not asked before it is trusted. */
  readonly manifest: Manifest | undefined;
  /** Why it cannot be used. */
  readonly problem: string | undefined;
}

/** Every executable in the plugin folders: the nearest project first, the user's last. Nothing is run that is not trusted. */
export async function discover(): Promise<readonly External[]> {
  const found: External[] = [];
  for (const { from, path: folder } of pluginFolders()) {
    for (const name of readdirSync(folder).toSorted()) {
      const path = join(realpathSync(folder), name);
      if (isExecutable(path)) found.push(await described(from, path));
    }
  }
  return found;
}

/** What can be used of them, nearest first; what is not trusted yet says so when it is chosen. */
export async function externalEntries(role: Plugin["role"]): Promise<readonly (readonly Entry[])[]> {
  const all = await discover();
  return ["project", "user"].map((from) =>
    all.flatMap((external): Entry[] => {
      const { manifest } = external;
      if (external.from !== from || manifest?.role !== role) return [];
      return [
        { name: manifest.name, role, matches: manifest.matches, load: async () => await loaded(external, manifest) },
      ];
    }),
  );
}

async function loaded(external: External, manifest: Manifest): Promise<FormatPlugin | ProtocolPlugin> {
  if (!external.trusted) {
    throw usageError(
      `the plugin ${manifest.name} of this project (${external.path}) is not trusted; read it, then: jn plugin trust ${manifest.name}; or ` +
        "leave out plugins with JN_PLUGINS=none",
    );
  }
  return await Promise.resolve(
    manifest.role === "protocol" ? externalProtocol(external.path, manifest) : externalFormat(external.path, manifest),
  );
}

async function described(from: External["from"], path: string): Promise<External> {
  const trusted = from === "user" || isTrusted(path);
  try {
    const manifest = manifestInText(path) ?? (trusted ? await metaOf(path) : undefined);
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
