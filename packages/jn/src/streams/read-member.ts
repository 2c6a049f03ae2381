import type { ByteSink } from "@jn/wire";
import type { Plan } from "../address/plan.ts";
import type { Reader } from "../address/records-in.ts";
import { MAX_EXPANSION } from "../codecs/expansion.ts";
import type { PluginContext } from "../plugins/plugin.ts";
import { readThrough } from "./read-through.ts";
import { zipMember } from "./zip-member.ts";

/** Reads one member of an archive, which may be compressed itself. */
export async function readMember(
  plan: Plan,
  reader: Reader,
  context: Omit<PluginContext, "name">,
  sink: ByteSink,
): Promise<void> {
  if (plan.place.kind !== "member") return;
  const codec = plan.codec === "none" ? undefined : plan.codec?.name;
  const limit = plan.options.count("max-expand") ?? MAX_EXPANSION;
  const bytes = zipMember(plan.place.path, plan.place.member, limit);
  await readThrough({ plan, codec, bytes, reader }, context, sink);
}
