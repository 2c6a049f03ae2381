import { usageError } from "../jn-error.ts";
import { didYouMean } from "../text/suggestion.ts";
import type { CodecPlugin, FormatPlugin, Plugin } from "./plugin.ts";
import { CODECS, type Entry, FORMATS, named } from "./registry.ts";

/**
 * The format of this name.
 *
 * @throws JnError `USAGE` that names a near miss
 */
export async function formatNamed(name: string, address: string): Promise<FormatPlugin> {
  const found = named(FORMATS, name);
  if (found !== undefined) return await found.load();
  const names = FORMATS.map((entry) => entry.name);
  throw usageError(
    `${address}: there is no format '${name}'${didYouMean(name, names)}; there are: ${names.join(", ")}`,
  );
}

/** The format of files with this name, by the longest of the patterns that match it. */
export async function formatOfFile(fileName: string): Promise<FormatPlugin | undefined> {
  return await matching(FORMATS, fileName)?.load();
}

/** The codec of files with this name, and the name without its extension. */
export function codecOfFile(
  fileName: string,
): { readonly codec: Entry<CodecPlugin>; readonly inner: string } | undefined {
  const codec = matching(CODECS, fileName);
  return codec === undefined ? undefined : { codec, inner: fileName.slice(0, fileName.lastIndexOf(".")) };
}

/**
 * @throws JnError `USAGE`
 */
export function codecNamed(name: string, address: string): Entry<CodecPlugin> {
  const found = named(CODECS, name);
  if (found !== undefined) return found;
  const names = CODECS.map((entry) => entry.name);
  throw usageError(`${address}: there is no codec '${name}'; there are: none, ${names.join(", ")}`);
}

function matching<Kind extends Plugin>(entries: readonly Entry<Kind>[], name: string): Entry<Kind> | undefined {
  let best: Entry<Kind> | undefined;
  let longest = 0;
  for (const entry of entries) {
    for (const pattern of entry.matches) {
      if (pattern.length <= longest || !matches(pattern, name)) continue;
      best = entry;
      longest = pattern.length;
    }
  }
  return best;
}

/** Whether the pattern fits the whole name, capitals or not. A name is more than its extension: `.csv` has none. */
function matches(pattern: string, name: string): boolean {
  const lower = name.toLowerCase();
  const [start = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return lower === start;
  let at = start.length;
  if (!lower.startsWith(start)) return false;
  const end = rest.pop()!;
  for (const piece of rest) {
    const found = lower.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  const least = at + end.length + (end.startsWith(".") ? 1 : 0);
  return lower.length >= least && lower.endsWith(end);
}
