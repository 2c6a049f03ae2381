import type { Format } from "../format.ts";

export const jsonFormat: Format = {
  name: "json",
  summary: "JSON: the elements of an array, or one or several values",
  extensions: ["json"],
  read: {
    options: [],
    async open(_options, context) {
      const { jsonReader } = await import("./json-reader.ts");
      return jsonReader({ source: context.name, maxRecordBytes: context.maxRecordBytes });
    },
  },
  write: {
    options: [{ name: "indent", kind: "count", help: "spaces a level (0: one record a line)" }],
    async open(options, context) {
      const { jsonWriter } = await import("./json-writer.ts");
      const { name: source, maxRecordBytes } = context;
      return jsonWriter({ source, maxRecordBytes, indent: options.count("indent") });
    },
  },
};
