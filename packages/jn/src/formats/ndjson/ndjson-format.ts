import type { OptionValues } from "../../plugins/option.ts";
import type { PluginContext } from "../../plugins/plugin.ts";
import type { FormatParts } from "../format-parts.ts";
import { ndjsonReader } from "./ndjson-reader.ts";

export const ndjsonFormat: FormatParts = {
  summary: "one JSON value a line: what flows between stages",
  modes: ["read", "write"],
  options: [],
  isNdjson: true,
  read: open,
  write: open,
};

async function open(_options: OptionValues, context: PluginContext): ReturnType<NonNullable<FormatParts["read"]>> {
  const { recordKernels } = await import("../../kernels/record-kernels.ts");
  const { name: source, maxRecordBytes, bad } = context;
  return ndjsonReader({ source, maxRecordBytes, bad, kernels: recordKernels });
}
