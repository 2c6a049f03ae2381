import type { Transcoder } from "@jn/wire";
import { fromJson } from "../filter/builtins/types.ts";
import { compileFilter } from "../filter/compiler/compile.ts";
import type { PluginContext } from "../plugins/plugin.ts";
import type { NamedFilter } from "../profiles/profile-filter.ts";
import { filteredRecords } from "../stages/filtered-records.ts";

/** What a profile does to each record of its source. @throws FilterSyntaxError */
export function recordFilter(
  { expression, variables }: NamedFilter,
  { name: source, maxRecordBytes }: PluginContext,
): Transcoder {
  const values = new Map([...variables].map(([name, text]) => [name, fromJson(text)]));
  return filteredRecords(compileFilter(expression, { variables: values }), { source, maxRecordBytes });
}
