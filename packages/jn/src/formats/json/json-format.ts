import type { FormatParts } from "../format-parts.ts";

export const jsonFormat: FormatParts = {
  summary: "JSON: the elements of an array, or one or several values",
  modes: ["read", "write"],
  options: [{ name: "indent", kind: "count", modes: ["write"], help: "spaces a level (0: one record a line)" }],
  async read(_options, context) {
    const { jsonReader } = await import("./json-reader.ts");
    const { recordKernels } = await import("../../kernels/record-kernels.ts");
    return jsonReader({ source: context.name, maxRecordBytes: context.maxRecordBytes, kernels: recordKernels });
  },
  async write(options, context) {
    const { jsonWriter } = await import("./json-writer.ts");
    const { recordKernels } = await import("../../kernels/record-kernels.ts");
    const { name: source, maxRecordBytes } = context;
    return jsonWriter({ source, maxRecordBytes, indent: options.count("indent"), kernels: recordKernels });
  },
};
