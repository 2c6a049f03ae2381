import { type ByteSink, pumpChunks, type Source, type Transcoder } from "@jn/wire";
import type { Plan } from "../address/plan.ts";
import { boundedExpansion, MAX_EXPANSION } from "../codecs/expansion.ts";
import { codecNamed } from "../plugins/lookup.ts";
import type { Bytes, ByteStage, PluginContext } from "../plugins/plugin.ts";
import { usageError } from "../jn-error.ts";
import { chunksOf } from "./transcoding-stage.ts";

export interface ReadThrough {
  readonly plan: Plan;
  /** The name of the codec. */
  readonly codec: string | undefined;
  readonly source: Source;
  /** Bytes of the source that have been read already. */
  readonly first: Buffer | undefined;
  readonly before: ByteStage | undefined;
  readonly transcoder: Transcoder;
}

/** Reads a source whose bytes must be decompressed, or whose reader waits. */
export async function readThrough(
  work: ReadThrough,
  context: Omit<PluginContext, "name">,
  sink: ByteSink,
): Promise<void> {
  const { plan, codec, source, first, before, transcoder } = work;
  const about: PluginContext = { ...context, name: plan.name };
  let bytes: Bytes = chunksOf(source, first);
  if (codec === undefined && plan.place.kind === "file") bytes = Object.assign(bytes, { path: plan.place.path });
  if (codec !== undefined) {
    const { decode } = await codecNamed(codec, plan.address.text).load();
    if (decode === undefined) throw usageError(`${plan.address.text}: ${codec} can be written, not read`);
    const limit = plan.options.count("max-expand") ?? MAX_EXPANSION;
    bytes = boundedExpansion(await decode(plan.options, about), plan.name, limit)(bytes);
  }
  await pumpChunks(before === undefined ? bytes : before(bytes), transcoder, sink);
}
