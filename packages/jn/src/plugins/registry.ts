import type { CodecPlugin, FormatPlugin, Plugin, ProtocolPlugin } from "./plugin.ts";

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
  format("yaml", "*.yaml *.yml application/yaml application/x-yaml text/yaml", async () => {
    return (await import("../formats/yaml/yaml-format.ts")).yamlFormat;
  }),
  format("toml", "*.toml application/toml", async () => (await import("../formats/toml/toml-format.ts")).tomlFormat),
  format("xml", "*.xml application/xml text/xml", async () => (await import("../formats/xml/xml-format.ts")).xmlFormat),
  format("xlsx", "*.xlsx *.xlsm application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", async () => {
    return (await import("../formats/xlsx/xlsx-format.ts")).xlsxFormat;
  }),
  format("markdown", "*.md *.markdown text/markdown", async () => {
    return (await import("../formats/markdown/markdown-format.ts")).markdownFormat;
  }),
  format("html", "*.html *.htm text/html application/xhtml+xml", async () => {
    return (await import("../formats/html/html-format.ts")).htmlFormat;
  }),
  format("parquet", "*.parquet application/vnd.apache.parquet", async () => {
    return (await import("../formats/parquet/parquet-format.ts")).parquetFormat;
  }),
  format("avro", "*.avro application/avro avro/binary", async () => {
    return (await import("../formats/avro/avro-format.ts")).avroFormat;
  }),
  format("sqlite", "*.sqlite *.sqlite3 *.db application/vnd.sqlite3", async () => {
    return (await import("../formats/sqlite/sqlite-format.ts")).sqliteFormat;
  }),
  format("logfmt", "*.logfmt", async () => (await import("../formats/log/log-formats.ts")).logfmtFormat),
  format("access", "*access.log *access_log", async () => {
    return (await import("../formats/log/log-formats.ts")).accessFormat;
  }),
  format("lcov", "*.info", async () => (await import("../formats/log/log-formats.ts")).lcovFormat),
  format("lines", "*.txt *.log text/plain", async () => (await import("../formats/log/log-formats.ts")).linesFormat),
  format("table", "", async () => (await import("../formats/table/table-format.ts")).tableFormat),
];

export const CODECS: readonly Entry<CodecPlugin>[] = [
  codec("gz", "*.gz", async () => (await import("../codecs/zlib-codecs.ts")).gz),
  codec("br", "*.br", async () => (await import("../codecs/zlib-codecs.ts")).br),
  codec("zst", "*.zst *.zstd", async () => (await import("../codecs/zlib-codecs.ts")).zst),
  codec("xz", "*.xz", async () => (await import("../codecs/program-codecs.ts")).xz),
  codec("bz2", "*.bz2", async () => (await import("../codecs/program-codecs.ts")).bz2),
  codec("lz4", "*.lz4", async () => (await import("../codecs/program-codecs.ts")).lz4),
];

export const PROTOCOLS: readonly Entry<ProtocolPlugin>[] = [
  protocol("http", "http://* https://*", async () => (await import("../protocols/http.ts")).http),
  protocol("3pio", "3pio://*", async () => (await import("../protocols/threepio.ts")).threepio),
];

/** The built-in plugin of this name; an extension (`jsonl`) is a name too. */
export function named<Kind extends Plugin>(entries: readonly Entry<Kind>[], name: string): Entry<Kind> | undefined {
  const wanted = name.toLowerCase();
  const pattern = `*.${wanted}`;
  return entries.find((entry) => entry.name === wanted) ?? entries.find((entry) => entry.matches.includes(pattern));
}

function format(name: string, matches: string, load: () => Promise<Omit<FormatPlugin, Chosen>>): Entry<FormatPlugin> {
  const known = { name, role: "format", matches: matches.split(" ").filter(Boolean) } as const;
  return { ...known, load: async () => ({ ...known, ...(await load()) }) };
}

function codec(name: string, matches: string, load: () => Promise<Omit<CodecPlugin, Chosen>>): Entry<CodecPlugin> {
  const known = { name, role: "codec", matches: matches.split(" ").filter(Boolean) } as const;
  return { ...known, load: async () => ({ ...known, ...(await load()) }) };
}

function protocol(
  name: string,
  matches: string,
  load: () => Promise<Omit<ProtocolPlugin, Chosen>>,
): Entry<ProtocolPlugin> {
  const known = { name, role: "protocol", matches: matches.split(" ") } as const;
  return { ...known, load: async () => ({ ...known, ...(await load()) }) };
}

type Chosen = "name" | "role" | "matches";
