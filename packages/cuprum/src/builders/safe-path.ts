import { posix } from "node:path";
import { refuse } from "./refusal.ts";

/** A path that has been checked. */
export type SafePath = string & { readonly "safe path": true };

export interface SafePathOptions {
  /** Whether it may be relative to the current folder. Default false. */
  readonly allowRelative?: boolean | undefined;
}

/**
 * Checks a path from outside, and normalises it (`/a//b/./c` is `/a/b/c`).
 *
 * @throws CuprumError `INVALID_ARGUMENT` when it is empty, has a NUL character or a `..`, could be taken for an option, or
 * is relative
 */
export function safePath(value: string, options: SafePathOptions = {}): SafePath {
  if (typeof value !== "string") refuse("path", String(value), "is no text");
  if (value === "") refuse("path", value, "is empty");
  if (value.includes("\0")) refuse("path", value, "has a NUL character");
  if (value.split("/").includes("..")) refuse("path", value, "leads upwards (..)");
  if (value.startsWith("-")) refuse("path", value, "would be taken for an option; write ./ in front of it");
  if (!value.startsWith("/") && options.allowRelative !== true) refuse("path", value, "is not absolute");
  const path = posix.normalize(value);
  // "./-rf" must not become "-rf".
  return (path.startsWith("-") ? `./${path}` : path) as SafePath;
}

/** A path that no program takes for one on another machine (`host:path`): no colon stands before the first slash. */
export function localPath(value: string, options: SafePathOptions = {}): SafePath {
  const path = safePath(value, options);
  return (/^[^/]*:/.test(path) ? `./${path}` : path) as SafePath;
}
