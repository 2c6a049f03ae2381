import type { FormatParts } from "../format-parts.ts";

export const yamlFormat: FormatParts = {
  summary: "YAML 1.2: each document is a record, or the elements of its array",
  modes: ["read", "write"],
  holds: "one document, or one element of an array at its top",
  options: [{ name: "indent", kind: "count", modes: ["write"], help: "spaces a level (2)" }],
  async read(_options, { name, maxRecordBytes }) {
    const { yamlReader } = await import("./yaml-reader.ts");
    return yamlReader({ source: name, maxRecordBytes });
  },
  async write(options, { name, maxRecordBytes, bad }) {
    const { yamlWriter } = await import("./yaml-writer.ts");
    return yamlWriter({ source: name, maxRecordBytes, bad, indent: options.count("indent") });
  },
};
