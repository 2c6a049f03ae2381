import { transcodingStage, chunksOf } from "../streams/transcoding-stage.ts";
import { unpacked } from "../streams/read-through.ts";
import { TemporaryFile } from "../runs/temporary-file.ts";
import type { Address } from "./address.ts";
import type { Conditions } from "./conditions.ts";
import { type Plan, planReading } from "./plan.ts";
import { openPlace } from "./places.ts";
import { codecOf, firstBytes, openReader, type ReadContext, readRecordsFrom } from "./records-in.ts";
import { STANDARD_INPUT } from "./standard-input.ts";

/**
 * The records of addresses as chunks of NDJSON, read when they are asked for. What comes over the network, or out of an archive, goes
 * through a temporary file first.
 *
 * @throws JnError, WireError
 */
export async function* recordChunks(
  addresses: readonly Address[],
  context: ReadContext,
): AsyncGenerator<Buffer, void, undefined> {
  const plans: Plan[] = [];
  for (const address of addresses) plans.push(...(await planReading(address, STANDARD_INPUT)));
  const conditions = new Map<Address, Conditions>();
  for (const [index, plan] of plans.entries()) {
    if (plan.place.kind === "url" || plan.place.kind === "member") yield* spooledChunks(plan.address, context);
    else yield* planChunks(plan, index, context, conditions);
    if (plans[index + 1]?.address !== plan.address) conditions.get(plan.address)?.requireKnownFields();
  }
}

async function* planChunks(
  plan: Plan,
  index: number,
  context: ReadContext,
  conditions: Map<Address, Conditions>,
): AsyncGenerator<Buffer, void, undefined> {
  const reader = await openReader(plan, index, false, context, conditions, undefined);
  const source = openPlace(plan.place, plan.name);
  try {
    const first = firstBytes(source);
    const codec = codecOf(plan, first);
    const path = plan.place.kind === "file" && codec === undefined ? { path: plan.place.path } : {};
    const bytes = await unpacked(plan, codec, Object.assign(chunksOf(source, first), path), context);
    yield* transcodingStage(reader.transcoder)(reader.before === undefined ? bytes : reader.before(bytes));
  } finally {
    source.close();
  }
}

async function* spooledChunks(address: Address, context: ReadContext): AsyncGenerator<Buffer, void, undefined> {
  const spool = new TemporaryFile();
  try {
    await readRecordsFrom([address], context, spool.sink);
    yield* spool.chunks();
  } finally {
    spool.close();
  }
}
