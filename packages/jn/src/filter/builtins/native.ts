import { arrayBuiltins } from "./arrays.ts";
import { dateBuiltins } from "./dates.ts";
import { mathBuiltins } from "./numbers.ts";
import { regexBuiltins } from "./regex.ts";
import { streamBuiltins } from "./streams.ts";
import { stringBuiltins } from "./strings.ts";
import { typeBuiltins } from "./types.ts";
import type { Value } from "../value/value.ts";

/** A builtin written in TypeScript: the input, then its arguments, each one value. One result, or a `FilterError`. */
export type NativeBuiltin = (input: Value, ...args: readonly Value[]) => Value;

/** By name and number of arguments: `has/1`. */
export const NATIVE_BUILTINS: ReadonlyMap<string, NativeBuiltin> = new Map([
  ...typeBuiltins,
  ...mathBuiltins,
  ...stringBuiltins,
  ...arrayBuiltins,
  ...regexBuiltins,
  ...dateBuiltins,
  ...streamBuiltins,
]);
