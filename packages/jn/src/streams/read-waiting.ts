import { fstatSync } from "node:fs";
import { type ByteSink, chunksWhenReady, DescriptorSource, pumpChunks } from "@jn/wire";
import type { Plan } from "../address/plan.ts";
import { openPlace } from "../address/places.ts";
import type { Reader } from "../address/records-in.ts";
import { codecOfBytes } from "../codecs/magic.ts";
import type { PluginContext } from "../plugins/plugin.ts";
import { codecSeen, firstBytes } from "./read-remote.ts";
import { readThrough } from "./read-through.ts";
import { chunksOf, lentChunks } from "./transcoding-stage.ts";

/** Reads a local source without keeping signals out: regular files piece by piece, all else when it is ready. */
export async function readWaiting(
  plan: Plan,
  reader: Reader,
  context: Omit<PluginContext, "name">,
  standardInput: () => AsyncIterable<Buffer>,
  sink: ByteSink,
): Promise<void> {
  if (plan.place.kind === "standard") {
    await readChunks(standardInput(), {});
    return;
  }
  const source = openPlace(plan.place, plan.name);
  try {
    if (source instanceof DescriptorSource && !fstatSync(source.fd).isFile()) {
      await readChunks(chunksWhenReady(source.fd, plan.name), {});
      return;
    }
    const first = source.read();
    const isPlain = plan.codec === "none" || (plan.codec === undefined && codecOfBytes(first ?? EMPTY) === undefined);
    if (isPlain && reader.before === undefined)
      await pumpChunks(lentChunks(source, first), reader.transcoder, sink, { fd: source.fd });
    else await readChunks(chunksOf(source, first), plan.place.kind === "file" ? { path: plan.place.path } : {});
  } finally {
    source.close();
  }

  async function readChunks(chunks: AsyncIterable<Buffer>, path: { readonly path?: string }): Promise<void> {
    const { first, bytes } = await firstBytes(chunks);
    const codec = plan.codec === "none" ? undefined : (codecSeen(first) ?? plan.codec?.name);
    const whole = Object.assign(bytes, codec === undefined ? path : {});
    await readThrough({ plan, codec, bytes: whole, reader }, context, sink);
  }
}

const EMPTY = Buffer.alloc(0);
