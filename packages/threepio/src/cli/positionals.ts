import { usageError } from "../threepio-error.ts";

/** The flag of every command that answers a question. */
export const JSON_FLAG = { name: "json", help: "print JSON instead: an object, or one object a line" } as const;

/** @throws ThreepioError `USAGE` when there are more than `max` */
export function atMost(rest: readonly string[], max: number): readonly string[] {
  if (rest.length > max) throw usageError(`'${rest[max]}' is one argument too many`);
  return rest;
}

/** The value of a flag as a whole number, at least 1. @throws ThreepioError `USAGE` */
export function countOf(flags: ReadonlyMap<string, string>, name: string, fallback: number): number {
  const text = flags.get(name);
  if (text === undefined) return fallback;
  const count = /^\d{1,12}$/.test(text) ? Number(text) : 0;
  if (count >= 1) return count;
  throw usageError(`--${name} is a whole number, at least 1, not '${text}'`);
}
