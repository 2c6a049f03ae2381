import type { Format, FormatSide } from "../format.ts";

const side: FormatSide = {
  options: [],
  async open(_options, context) {
    const { ndjsonReader } = await import("./ndjson-reader.ts");
    return ndjsonReader({ source: context.name, maxRecordBytes: context.maxRecordBytes });
  },
};

export const ndjsonFormat: Format = {
  name: "ndjson",
  summary: "one JSON value a line: what flows between stages",
  extensions: ["ndjson", "jsonl", "ldjson"],
  isNdjson: true,
  read: side,
  write: side,
};
