import type { FormatParts } from "../format-parts.ts";

export const avroFormat: FormatParts = {
  summary: "Apache Avro's object container files",
  modes: ["read", "write"],
  holds: "one block, when it is read; what is written waits in a temporary file",
  options: [
    {
      name: "blocks",
      kind: "choice",
      choices: ["deflate", "null"],
      modes: ["write"],
      help: "how blocks are compressed (deflate)",
    },
  ],
  async read(_options, { name, maxRecordBytes }) {
    const { avroReader } = await import("./avro-reader.ts");
    return avroReader({ source: name, maxRecordBytes });
  },
  async write(options, context) {
    const { avroWriter } = await import("./avro-writer.ts");
    return avroWriter(context, options.text("blocks") !== "null");
  },
};
