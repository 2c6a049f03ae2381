import type { CodecPlugin, FormatPlugin, Plugin } from "./plugin.ts";

/** A plugin that is not loaded yet: what is needed to choose it, and how to get it. */
export interface Entry<Kind extends Plugin = Plugin> {
  readonly name: string;
  readonly role: Kind["role"];
  readonly matches: readonly string[];
  readonly load: () => Promise<Kind>;
}

/**
 * Everything built in that reads or writes, in the order in which help lists it. This much of each manifest is all that
 * start-up pays for: the rest is loaded with the code.
 */
export const FORMATS: readonly Entry<FormatPlugin>[] = [
  format("csv", "*.csv text/csv", async () => (await import("../formats/csv/csv-format.ts")).csvFormat),
  format("tsv", "*.tsv *.tab text/tab-separated-values", async () => {
    return (await import("../formats/csv/csv-format.ts")).tsvFormat;
  }),
  format("ndjson", "*.ndjson *.jsonl *.ldjson application/x-ndjson application/jsonl", async () => {
    return (await import("../formats/ndjson/ndjson-format.ts")).ndjsonFormat;
  }),
  format("json", "*.json application/json text/json", async () => {
    return (await import("../formats/json/json-format.ts")).jsonFormat;
  }),
];

export const CODECS: readonly Entry<CodecPlugin>[] = [
  codec("gz", "*.gz", async () => (await import("../codecs/zlib-codecs.ts")).gz),
  codec("br", "*.br", async () => (await import("../codecs/zlib-codecs.ts")).br),
  codec("zst", "*.zst *.zstd", async () => (await import("../codecs/zlib-codecs.ts")).zst),
  codec("xz", "*.xz", async () => (await import("../codecs/program-codecs.ts")).xz),
  codec("bz2", "*.bz2", async () => (await import("../codecs/program-codecs.ts")).bz2),
  codec("lz4", "*.lz4", async () => (await import("../codecs/program-codecs.ts")).lz4),
];

/** The built-in plugin of this name; an extension (`jsonl`) is a name too. */
export function named<Kind extends Plugin>(entries: readonly Entry<Kind>[], name: string): Entry<Kind> | undefined {
  const wanted = name.toLowerCase();
  const pattern = `*.${wanted}`;
  return entries.find((entry) => entry.name === wanted) ?? entries.find((entry) => entry.matches.includes(pattern));
}

function format(name: string, matches: string, load: () => Promise<Omit<FormatPlugin, Chosen>>): Entry<FormatPlugin> {
  const known = { name, role: "format", matches: matches.split(" ") } as const;
  return { ...known, load: async () => ({ ...known, ...(await load()) }) };
}

function codec(name: string, matches: string, load: () => Promise<Omit<CodecPlugin, Chosen>>): Entry<CodecPlugin> {
  const known = { name, role: "codec", matches: matches.split(" ") } as const;
  return { ...known, load: async () => ({ ...known, ...(await load()) }) };
}

type Chosen = "name" | "role" | "matches";
