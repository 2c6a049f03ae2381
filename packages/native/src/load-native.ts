import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Binding, INTERFACE } from "./binding.ts";
import { boundNative } from "./bound-native.ts";
import type { Native } from "./native.ts";
import { NativeError } from "./native-error.ts";
import { platformNames } from "./platform-names.ts";
import { VERSION } from "./version.ts";

export type NativeLoad =
  | { readonly available: true; readonly version: string; readonly module: Native }
  | { readonly available: false; readonly reason: string };

let loaded: NativeLoad | undefined;

/**
 * The native module, or why there is none: it is optional, and never downloaded. Looked for once: first in the folder `native` beside
 * that of a program that this code was bundled into, which is quickly done, then where the build puts it, then as the package for this
 * platform, `@cuprum/native-linux-x64-gnu` and the like.
 *
 * @throws NativeError `BROKEN_MODULE`: it is there but does not load. That is an installation to be repaired, not one
 *   without the module.
 */
export function loadNative(): NativeLoad {
  loaded ??= load();
  return loaded;
}

function load(): NativeLoad {
  const platforms = platformNames();
  if (platforms.length === 0)
    return { available: false, reason: `there is no native module for ${process.platform} on ${process.arch}` };
  const packages = platforms.map((platform) => `@cuprum/native-${platform}`);
  const file = firstOf(platforms, fileBeside) ?? firstOf(platforms, builtFile) ?? firstOf(packages, installedFile);
  if (file === undefined)
    return { available: false, reason: `it was not built here, and ${packages.join(" or ")} is not installed` };
  const binding = required(file);
  if (binding.VERSION !== VERSION)
    throw new NativeError(
      "BROKEN_MODULE",
      `the native module ${file} is version ${binding.VERSION}, and ${VERSION} is needed; install or build it again`,
    );
  if (binding.INTERFACE !== INTERFACE)
    throw new NativeError("BROKEN_MODULE", `the native module ${file} is of an earlier build; run npm run build`);
  return { available: true, version: VERSION, module: boundNative(binding) };
}

function firstOf(names: readonly string[], find: (name: string) => string | undefined): string | undefined {
  for (const name of names) {
    const file = find(name);
    if (file !== undefined) return file;
  }
  return undefined;
}

function builtFile(platform: string): string | undefined {
  const folder = packageFolder();
  return folder === undefined ? undefined : existing(join(folder, `dist/cuprum-native.${platform}.node`));
}

function fileBeside(platform: string): string | undefined {
  return existing(join(dirname(thisFile()), `../native/cuprum-native.${platform}.node`));
}

function existing(file: string): string | undefined {
  return existsSync(file) ? file : undefined;
}

/** Where this package is; by its name, because a bundler may have put this code elsewhere. */
function packageFolder(): string | undefined {
  try {
    return dirname(requireHere().resolve("@cuprum/native/package.json"));
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw cause;
  }
}

function installedFile(packageName: string): string | undefined {
  try {
    return requireHere().resolve(packageName);
  } catch (cause) {
    // Only this says that the package is not there. Anything else, such as an entry that is missing, is broken.
    if (isMissing(cause) && !isInstalled(packageName)) return undefined;
    throw broken(packageName, cause);
  }
}

/** A package that is there has a manifest, whatever else is wrong with it. */
function isInstalled(packageName: string): boolean {
  try {
    requireHere().resolve(`${packageName}/package.json`);
    return true;
  } catch (cause) {
    return !isMissing(cause);
  }
}

/** Without `require`, which would look for packages first. */
function required(file: string): Binding {
  const addon = { exports: {} };
  try {
    process.dlopen(addon, file);
    return addon.exports as Binding;
  } catch (cause) {
    throw broken(file, cause);
  }
}

function broken(file: string, cause: unknown): NativeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new NativeError(
    "BROKEN_MODULE",
    `the native module ${file} is there but does not load: ${reason}; build or install it again, or remove it`,
    { cause },
  );
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "MODULE_NOT_FOUND";
}

/** Made when it is needed: where nobody does, that is a millisecond of a program's start. */
function requireHere(): NodeJS.Require {
  return (here ??= createRequire(thisFile()));
}

/** A bundler may know it without asking; Node does since 20.11. */
function thisFile(): string {
  return import.meta.filename ?? fileURLToPath(import.meta.url);
}

let here: NodeJS.Require | undefined;
