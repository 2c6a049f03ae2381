import { type ByteSink, DescriptorSource, pumpChunks } from "@jn/wire";
import { boundedExpansion, MAX_EXPANSION } from "../codecs/expansion.ts";
import { usageError } from "../jn-error.ts";
import { codecNamed, protocolOf } from "../plugins/lookup.ts";
import { OptionValues } from "../plugins/option.ts";
import { optionsFor, type PluginContext } from "../plugins/plugin.ts";
import { chunksOf, passing } from "./transcoding-stage.ts";

/** Packs or unpacks standard input by one codec. */
export async function callCodec(
  name: string,
  mode: "read" | "write",
  values: ReadonlyMap<string, string>,
  context: PluginContext,
  sink: ByteSink,
): Promise<void> {
  const codec = await (await codecNamed(name, context.name)).load();
  const options = new OptionValues(values, optionsFor(codec, mode), context.name);
  const open = mode === "read" ? codec.decode : codec.encode;
  if (open === undefined) throw usageError(`${context.name}: it has no mode ${mode}`);
  const stage = await open(options, context);
  const bounded = mode === "read" ? boundedExpansion(stage, context.name, MAX_EXPANSION) : stage;
  const source = new DescriptorSource(0, "standard input");
  await pumpChunks(bounded(chunksOf(source, source.read())), passing, sink);
}

/** Writes the bytes at an address as they are. */
export async function callProtocol(
  name: string,
  address: string,
  values: ReadonlyMap<string, string>,
  context: PluginContext,
  sink: ByteSink,
): Promise<void> {
  const protocol = await protocolOf(address);
  if (protocol?.name !== name) throw usageError(`${context.name}: it does not fetch ${address}`);
  const options = new OptionValues(values, protocol.options, context.name);
  const source = await protocol.open(address, options, context);
  try {
    await pumpChunks(source.bytes, passing, sink);
  } finally {
    source.close();
  }
}
