import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { AtomicFile, writeDescriptor } from "@jn/wire";
import type { Manifest } from "../plugin.ts";
import { cacheFolder } from "../plugin-folders.ts";

/** What was known of a file when it had this inode, size and time of change. */
interface Known {
  readonly stamp: string;
  readonly manifest: Manifest;
}

/**
 * Manifests that are known from before, by the state of their files: a plugin without a header would else be started to ask it, and one with a
 * header be read, at every start. Only what a plugin says of itself is kept; whether it may run is asked for each time.
 */
export class ManifestCache {
  readonly #known: Map<string, Known> = read();
  #isChanged = false;

  /** The manifest of this file; `find` finds it where nothing is known. */
  async manifestOf(path: string, find: () => Promise<Manifest | undefined>): Promise<Manifest | undefined> {
    const stamp = stampOf(path);
    const known = this.#known.get(path);
    if (known?.stamp === stamp) return known.manifest;
    if (known !== undefined) this.#known.delete(path);
    const manifest = await find();
    if (manifest !== undefined) this.#known.set(path, { stamp, manifest });
    this.#isChanged ||= known !== undefined || manifest !== undefined;
    return manifest;
  }

  /** Keeps what is new. A cache that cannot be written is none. */
  save(): void {
    if (!this.#isChanged) return;
    const newest = [...this.#known].slice(-MAX_KNOWN);
    const bytes = Buffer.from(JSON.stringify({ version: VERSION, plugins: Object.fromEntries(newest) }));
    let file;
    try {
      mkdirSync(cacheFolder(), { recursive: true });
      file = AtomicFile.open(cacheFile());
      writeDescriptor(file.fd, cacheFile(), bytes, 0, bytes.length);
      file.commit();
    } catch {
      file?.discard();
    }
  }
}

function read(): Map<string, Known> {
  try {
    const { version, plugins } = JSON.parse(readFileSync(cacheFile(), "utf8")) as { version: unknown; plugins: object };
    return version === VERSION ? new Map(Object.entries(plugins) as [string, Known][]) : new Map<string, Known>();
  } catch {
    // There is none, or it is damaged: it is made anew.
    return new Map();
  }
}

function stampOf(path: string): string {
  const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
  return [ino, size, mtimeNs, ctimeNs].join("-");
}

function cacheFile(): string {
  return join(cacheFolder(), "plugins.json");
}

/** Of the form of the file: another one is not read. */
const VERSION = 1;
const MAX_KNOWN = 1000;
