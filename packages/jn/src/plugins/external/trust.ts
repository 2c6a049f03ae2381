import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AtomicFile, writeDescriptor } from "@jn/wire";
import { dataFolder } from "../plugin-folders.ts";

/**
 * Whether the user has said that this plugin of a project may run. What is trusted is the file as it was: when it changes, it has to be
 * looked at again.
 */
export function isTrusted(path: string): boolean {
  return trusted().get(path) === digestOf(path);
}

/** Remembers that it may. @throws WireError `IO` */
export function trust(path: string): void {
  const file = trustFile();
  mkdirSync(dirname(file), { recursive: true });
  const text = Buffer.from(
    `${JSON.stringify(Object.fromEntries(trusted().set(path, digestOf(path))), undefined, 2)}\n`,
  );
  const target = AtomicFile.open(file);
  try {
    writeDescriptor(target.fd, file, text, 0, text.length);
    target.commit();
  } catch (error) {
    target.discard();
    throw error;
  }
}

function trusted(): Map<string, unknown> {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(trustFile(), "utf8")) as object));
  } catch {
    // Nothing is trusted yet, or what was is not known any more: then it is asked for again.
    return new Map();
  }
}

function trustFile(): string {
  return join(dataFolder(), "trusted-plugins.json");
}

function digestOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
