import { arrayBuiltins } from "./arrays.ts";
import { builtinsWith, PART_NAMES } from "./parts.ts";
import { streamBuiltins } from "./streams.ts";
import { stringBuiltins } from "./strings.ts";
import { typeBuiltins } from "./types.ts";
import { spend, take } from "../value/budget.ts";
import type { Value } from "../value/value.ts";

/** A builtin written in TypeScript: the input, then its arguments, each one value. One result, or a `FilterError`. */
export type NativeBuiltin = (input: Value, ...args: readonly Value[]) => Value;

/** By name and number of arguments: `has/1`. Those of parts are added when these are loaded. */
const loaded: Map<string, NativeBuiltin> = new Map([
  ...typeBuiltins,
  ...stringBuiltins,
  ...arrayBuiltins.map(([key, builtin]) => [key, counted(builtin)] as const),
  ...streamBuiltins,
]);

/** A builtin that goes through an array, and may make one. */
function counted(builtin: NativeBuiltin): NativeBuiltin {
  return (input, first, second) => {
    if (Array.isArray(input)) spend(input.length);
    const result = builtin(input, first, second);
    if (Array.isArray(result)) take(ELEMENT_BYTES * result.length);
    return result;
  };
}

const ELEMENT_BYTES = 8;

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
