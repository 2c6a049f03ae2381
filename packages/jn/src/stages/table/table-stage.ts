import type { Transcoder } from "@jn/wire";
import { tableFormat } from "../../formats/table/table-format.ts";
import { usageError } from "../../jn-error.ts";
import { OptionValues } from "../../plugins/option.ts";
import type { PluginContext } from "../../plugins/plugin.ts";

/**
 * From records to a table.
 *
 * @param chosen options of the format by name; undefined: their default
 * @throws JnError `USAGE`
 */
export async function tableStage(
  chosen: Readonly<Record<string, string | undefined>>,
  context: PluginContext,
): Promise<Transcoder> {
  const values = Object.entries(chosen).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const options = new OptionValues(new Map(values), tableFormat.options, "jn table");
  const stage = await tableFormat.write!(options, context);
  if (!("push" in stage)) throw usageError("a table is written as it comes");
  return stage;
}
