import type { FormatParts } from "../format-parts.ts";

export const xmlFormat: FormatParts = {
  summary: "XML: an element is a record, attributes are @name, text is #text",
  modes: ["read", "write"],
  options: [
    {
      name: "record",
      kind: "text",
      modes: ["read"],
      help: "the elements that are records: a path such as /catalog/book, or a name (the children of the root)",
    },
    {
      name: "infer",
      kind: "boolean",
      modes: ["read"],
      help: "recognise numbers, true, false and empty elements as null (true)",
    },
    { name: "root", kind: "text", modes: ["write"], help: "the name of the root element (records)" },
    { name: "record", kind: "text", modes: ["write"], help: "the name of each record's element (record)" },
  ],
  async read(options, { name, maxRecordBytes }) {
    const { xmlReader } = await import("./xml-reader.ts");
    return xmlReader({ source: name, maxRecordBytes, record: options.text("record"), infer: options.boolean("infer") });
  },
  async write(options, { name, maxRecordBytes, bad }) {
    const { xmlWriter } = await import("./xml-writer.ts");
    return xmlWriter({ source: name, maxRecordBytes, bad, root: options.text("root"), record: options.text("record") });
  },
};
