import type { Transcoder } from "@jn/wire";
import type { Plan } from "../address/plan.ts";
import { usageError } from "../jn-error.ts";
import type { ByteStage, CodecPlugin, PluginContext } from "../plugins/plugin.ts";
import type { Entry } from "../plugins/registry.ts";
import { transcodingStage } from "./transcoding-stage.ts";

/** A writer, and a codec that compresses what it writes. */
export async function encodedWriter(
  writer: Transcoder | ByteStage,
  { address, options, name }: Plan,
  codec: Entry<CodecPlugin>,
  context: Omit<PluginContext, "name">,
): Promise<ByteStage> {
  const { encode } = await codec.load();
  if (encode === undefined) throw usageError(`${address.text}: ${codec.name} can be read, not written`);
  const written = "push" in writer ? transcodingStage(writer) : writer;
  const encoded = await encode(options, { ...context, name });
  return (input) => encoded(written(input));
}
