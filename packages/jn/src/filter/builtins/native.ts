import { arrayBuiltins } from "./arrays.ts";
import { builtinsWith, PART_NAMES } from "./parts.ts";
import { streamBuiltins } from "./streams.ts";
import { stringBuiltins } from "./strings.ts";
import { typeBuiltins } from "./types.ts";
import type { Value } from "../value/value.ts";

/** A builtin written in TypeScript: the input, then its arguments, each one value. One result, or a `FilterError`. */
export type NativeBuiltin = (input: Value, ...args: readonly Value[]) => Value;

/** By name and number of arguments: `has/1`. Those of parts are added when these are loaded. */
const loaded: Map<string, NativeBuiltin> = new Map([
  ...typeBuiltins,
  ...stringBuiltins,
  ...arrayBuiltins,
  ...streamBuiltins,
]);

/** Whether there is a builtin of that name, loaded or not. */
export function isNative(key: string): boolean {
  return loaded.has(key) || PART_NAMES.has(key);
}

/** The names of all, loaded or not. */
export function nativeNames(): readonly string[] {
  return [...new Set([...loaded.keys(), ...PART_NAMES])];
}

export function isLoaded(key: string): boolean {
  return loaded.has(key);
}

/** Loads the parts that these builtins are in; without an argument all. */
export async function loadBuiltins(names: ReadonlySet<string> = PART_NAMES): Promise<void> {
  for (const [key, builtin] of await builtinsWith(names)) loaded.set(key, builtin);
}

/** Those that are loaded, for compiled filters to call. */
export function nativeBuiltins(): Readonly<Record<string, NativeBuiltin>> {
  return Object.fromEntries(loaded);
}
