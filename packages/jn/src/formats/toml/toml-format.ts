import type { FormatParts } from "../format-parts.ts";

export const tomlFormat: FormatParts = {
  summary: "TOML: the whole file is one record",
  modes: ["read", "write"],
  holds: "the file",
  options: [],
  async read(_options, { name, maxRecordBytes }) {
    const { tomlReader } = await import("./toml.ts");
    return tomlReader({ source: name, maxRecordBytes });
  },
  async write(_options, { name, maxRecordBytes, bad }) {
    const { tomlWriter } = await import("./toml.ts");
    return tomlWriter({ source: name, maxRecordBytes, bad });
  },
};
