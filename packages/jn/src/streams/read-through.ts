import { type ByteSink, pumpChunks } from "@jn/wire";
import type { Plan } from "../address/plan.ts";
import type { Reader } from "../address/records-in.ts";
import { boundedExpansion, MAX_EXPANSION } from "../codecs/expansion.ts";
import { usageError } from "../jn-error.ts";
import { codecNamed } from "../plugins/lookup.ts";
import type { Bytes, PluginContext } from "../plugins/plugin.ts";

export interface ReadThrough {
  readonly plan: Plan;
  /** The name of the codec. */
  readonly codec: string | undefined;
  readonly bytes: Bytes;
  readonly reader: Reader;
}

/** Reads a source whose bytes are waited for, must be decompressed, or whose reader waits. */
export async function readThrough(
  { plan, codec, bytes, reader }: ReadThrough,
  context: Omit<PluginContext, "name">,
  sink: ByteSink,
): Promise<void> {
  const whole = await unpacked(plan, codec, bytes, context);
  await pumpChunks(reader.before === undefined ? whole : reader.before(whole), reader.transcoder, sink);
}

/** The bytes without their compression. */
export async function unpacked(
  plan: Plan,
  codec: string | undefined,
  bytes: Bytes,
  context: Omit<PluginContext, "name">,
): Promise<Bytes> {
  if (codec === undefined) return bytes;
  const { decode } = await (await codecNamed(codec, plan.address.text)).load();
  if (decode === undefined) throw usageError(`${plan.address.text}: ${codec} can be written, not read`);
  const limit = plan.options.count("max-expand") ?? MAX_EXPANSION;
  return boundedExpansion(await decode(plan.options, { ...context, name: plan.name }), plan.name, limit)(bytes);
}
