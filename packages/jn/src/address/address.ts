import { statSync } from "node:fs";
import { homedir } from "node:os";
import { FORMATS, named } from "../plugins/registry.ts";
import { usageError } from "../jn-error.ts";
import { type QueryPart, parseQuery } from "./query.ts";
import { shownUrl } from "./shown-url.ts";

/** Where records come from or go to, as it was typed: nothing is looked up but whether a file has exactly this name. */
export interface Address {
  readonly text: string;
  readonly place: Place;
  /** The name after `~`. */
  readonly format: string | undefined;
  /** What follows in `~table.grid`. */
  readonly variant: string | undefined;
  /** What follows the `?`, decoded: options, and conditions on fields. */
  readonly query: readonly QueryPart[];
}

export type Place =
  | { readonly kind: "standard" }
  | { readonly kind: "descriptor"; readonly fd: number }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "member"; readonly path: string; readonly member: string }
  | { readonly kind: "glob"; readonly pattern: string }
  | { readonly kind: "url"; readonly url: string; readonly scheme: string }
  | { readonly kind: "profile"; readonly name: string; readonly params: readonly QueryPart[] };

/**
 * Reads an address: `path[~format][?option=value&...]`, `scheme://...[~format][?option=value]`, `@profile/name`, or `-` for
 * standard input or output.
 *
 * What follows the `?` is percent-decoded, a path is not. A file that is called exactly as typed, `?`, `~`, `*` and `@`
 * included, is that file. In a URL the first `?` belongs to the URL, and one after `~format` is ours; write a `~` that is no
 * format as `%7E`. `~/` is the home folder. A path with `*`, `[...]` or `{a,b}` is a pattern for files, `**` for any number
 * of folders.
 *
 * @throws JnError `USAGE`
 */
export function parseAddress(text: string): Address {
  if (text === "") throw usageError("an address is empty; use - for standard input or output");
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined) return urlAddress(text, scheme);
  if (isFile(text)) return { text, place: placeOf(text), format: undefined, variant: undefined, query: [] };
  if (text.startsWith("@")) return profileAddress(text);
  const queryAt = text.indexOf("?");
  const before = queryAt < 0 ? text : text.slice(0, queryAt);
  const query = queryAt < 0 ? [] : parseQuery(text, text.slice(queryAt + 1));
  const named = FORMAT_SUFFIX.exec(before);
  const parts = named === null ? undefined : formatParts(named[2]!, named[3]);
  if (named === null || parts === undefined) {
    return { text, place: placeOf(before), format: undefined, variant: undefined, query };
  }
  return { text, place: placeOf(named[1]!), ...parts, query };
}

/** How messages call the place: the path, the URL without its secrets, or the standard stream. */
export function placeName(address: Address, standard: string): string {
  const { place } = address;
  switch (place.kind) {
    case "standard":
      return standard;
    case "descriptor":
      return `descriptor ${place.fd}`;
    case "file":
      return place.path;
    case "member":
      return `${place.path}!${place.member}`;
    case "glob":
      return place.pattern;
    case "url":
      return shownUrl(place.url);
    case "profile":
      return `@${place.name}`;
  }
}

/** The URL's own query comes first; `~format` and our options come after it. */
function urlAddress(text: string, scheme: string): Address {
  const place = (url: string): Place => ({ kind: "url", url, scheme });
  const ours = /^(.*[^/])~([A-Za-z][\w-]*)(?:\.([\w-]+))?(?:\?(.*))?$/s.exec(text);
  const parts = ours === null ? undefined : formatParts(ours[2]!, ours[3]);
  if (ours === null || parts === undefined) {
    return { text, place: place(text), format: undefined, variant: undefined, query: [] };
  }
  return { text, place: place(ours[1]!), ...parts, query: parseQuery(text, ours[4] ?? "") };
}

/** Like a URL: its own parameters come first, `~format` and our options after them. */
function profileAddress(text: string): Address {
  const ours = /^(.*[^/])~([A-Za-z][\w-]*)(?:\.([\w-]+))?(?:\?(.*))?$/s.exec(text);
  const parts = ours === null ? undefined : formatParts(ours[2]!, ours[3]);
  const [, name = "", params = ""] = /^@([^?]*)(?:\?(.*))?$/s.exec(parts === undefined ? text : ours![1]!) ?? [];
  const place: Place = { kind: "profile", name, params: parseQuery(text, params) };
  if (parts === undefined) return { text, place, format: undefined, variant: undefined, query: [] };
  return { text, place, ...parts, query: parseQuery(text, ours![4] ?? "") };
}

/** `table.grid` has a variant when there is a format `table`; else it is no format, but part of a name. */
function formatParts(name: string, variant: string | undefined): Pick<Address, "format" | "variant"> | undefined {
  if (variant !== undefined && named(FORMATS, name) === undefined) return undefined;
  return { format: name.toLowerCase(), variant };
}

function placeOf(path: string): Place {
  if (path === "-") return { kind: "standard" };
  const descriptor = /^\/dev\/(?:fd\/(\d+)|(stdin|stdout|stderr))$/.exec(path);
  if (descriptor !== null) {
    return { kind: "descriptor", fd: Number(descriptor[1] ?? ["stdin", "stdout", "stderr"].indexOf(descriptor[2]!)) };
  }
  if (isFile(path)) return { kind: "file", path };
  const expanded = path.startsWith("~/") ? homedir() + path.slice(1) : path;
  const [, archive, member] = /^(.+\.zip)!(.+)$/is.exec(expanded) ?? [];
  if (archive !== undefined) return { kind: "member", path: archive, member: member! };
  return PATTERN.test(expanded) ? { kind: "glob", pattern: expanded } : { kind: "file", path: expanded };
}

/** Whether there is such a file, when the name could mean something else. */
function isFile(path: string): boolean {
  if (!/[?~*[{@!]/.test(path)) return false;
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    // It cannot be looked at (ENOTDIR, EACCES, ELOOP): opening what the address names will say why.
    return false;
  }
}

/** A path, `~`, a name, and perhaps a variant; the path is not empty. */
const FORMAT_SUFFIX = /^(.+)~([A-Za-z][\w-]*)(?:\.([\w-]+))?$/s;

/** What makes a path a pattern. */
const PATTERN = /\*|\[[^\]]+\]|\{[^{}]*,[^{}]*\}/;
