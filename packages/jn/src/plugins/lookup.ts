import { usageError } from "../jn-error.ts";
import { didYouMean } from "../text/suggestion.ts";
import type { CodecPlugin, FormatPlugin, Plugin, ProtocolPlugin } from "./plugin.ts";
import { pluginFolders } from "./plugin-folders.ts";
import { CODECS, type Entry, FORMATS, named, PROTOCOLS } from "./registry.ts";

/**
 * The format of this name: of the project, else of the user, else built in.
 *
 * @throws JnError `USAGE` that names a near miss
 */
export async function formatNamed(name: string, address: string): Promise<FormatPlugin> {
  const tiers = await tiersOf(FORMATS);
  const wanted = name.toLowerCase();
  // A name is meant before an extension, wherever it is.
  const found =
    tiers.flat().find((entry) => entry.name === wanted) ??
    named(tiers.flat(), name) ??
    (await onPath<FormatPlugin>("format", (entries) => named(entries, name)));
  if (found !== undefined) return await found.load();
  const names = tiers.toReversed().flatMap((entries) => entries.map((entry) => entry.name));
  throw usageError(
    `${address}: there is no format '${name}'${didYouMean(name, names)}; there are: ${names.join(", ")}`,
  );
}

/** The format of files with this name: of the nearest place that has one, by the longest of the patterns that match. */
export async function formatOfFile(fileName: string): Promise<FormatPlugin | undefined> {
  const found =
    nearest(await tiersOf(FORMATS), fileName) ??
    (await onPath<FormatPlugin>("format", (entries) => matching(entries, fileName)));
  return await found?.load();
}

/** The format of this media type. */
export async function formatOfMediaType(mediaType: string): Promise<FormatPlugin | undefined> {
  for (const entries of await tiersOf(FORMATS)) {
    const found = entries.find((entry) => entry.matches.includes(mediaType));
    if (found !== undefined) return await found.load();
  }
  return undefined;
}

/** What fetches such addresses. */
export async function protocolOf(url: string): Promise<ProtocolPlugin | undefined> {
  const found =
    nearest(await tiersOf(PROTOCOLS), url) ??
    (await onPath<ProtocolPlugin>("protocol", (entries) => matching(entries, url)));
  return await found?.load();
}

/** The codec of files with this name, and the name without its extension. */
export async function codecOfFile(
  fileName: string,
): Promise<{ readonly codec: Entry<CodecPlugin>; readonly inner: string } | undefined> {
  const codec = nearest(await tiersOf(CODECS), fileName);
  return codec === undefined ? undefined : { codec, inner: fileName.slice(0, fileName.lastIndexOf(".")) };
}

/**
 * @throws JnError `USAGE`
 */
export async function codecNamed(name: string, address: string): Promise<Entry<CodecPlugin>> {
  const all = (await tiersOf(CODECS)).flat();
  const found = named(all, name) ?? (await onPath("codec", (entries) => named(entries, name)));
  if (found !== undefined) return found;
  const names = all.map((entry) => entry.name);
  throw usageError(`${address}: there is no codec '${name}'; there are: none, ${names.join(", ")}`);
}

/** The plugins of the project, those of the user, those built in. */
async function tiersOf<Kind extends Plugin>(
  builtIn: readonly Entry<Kind>[],
): Promise<readonly (readonly Entry<Kind>[])[]> {
  if (pluginFolders().length === 0) return [builtIn];
  const { externalEntries } = await import("./external/discovery.ts");
  const external = (await externalEntries(builtIn[0]!.role)) as readonly (readonly Entry<Kind>[])[];
  return [...external, builtIn];
}

/** Plugins on the path come last, and are looked for only when nothing else is there: they add, and replace nothing. */
async function onPath<Kind extends Plugin>(
  role: Kind["role"],
  choose: (entries: readonly Entry<Kind>[]) => Entry<Kind> | undefined,
): Promise<Entry<Kind> | undefined> {
  if (process.env["JN_PLUGINS"] === "none") return undefined;
  const { entriesOnPath } = await import("./external/discovery.ts");
  return choose((await entriesOnPath(role)) as readonly Entry<Kind>[]);
}

function nearest<Kind extends Plugin>(
  tiers: readonly (readonly Entry<Kind>[])[],
  name: string,
): Entry<Kind> | undefined {
  for (const entries of tiers) {
    const found = matching(entries, name);
    if (found !== undefined) return found;
  }
  return undefined;
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
