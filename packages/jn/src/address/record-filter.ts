import type { Transcoder } from "@jn/wire";
import { fromJson } from "../filter/builtins/types.ts";
import { loadFilter } from "../filter/compiler/compile.ts";
import type { PluginContext } from "../plugins/plugin.ts";
import type { NamedFilter } from "../profiles/profile-filter.ts";
import { filteredRecords } from "../stages/filtered-records.ts";

/** What a profile does to each record of its source. @throws FilterSyntaxError */
export async function recordFilter(
  { expression, variables }: NamedFilter,
  { name: source, maxRecordBytes }: PluginContext,
): Promise<Transcoder> {
  const values = new Map([...variables].map(([name, text]) => [name, fromJson(text)]));
  return filteredRecords(await loadFilter(expression, { variables: values }), { source, maxRecordBytes });
}
