import { fstatSync, type Stats, statSync } from "node:fs";
import {
  type ByteSink,
  chain,
  continuing,
  flowMeter,
  type FlowMeter,
  flushing,
  pump,
  type Source,
  type Transcoder,
} from "@jn/wire";
import { codecOfBytes } from "../codecs/magic.ts";
import type { ByteStage, PluginContext } from "../plugins/plugin.ts";
import type { Address } from "./address.ts";
import { placeName } from "./address.ts";
import type { Conditions } from "./conditions.ts";
import type { PageSeen } from "./page-stages.ts";
import { type Plan, planReading } from "./plan.ts";
import { openPlace } from "./places.ts";
import { STANDARD_INPUT } from "./standard-input.ts";

/** What reading an address needs besides the address. */
export type ReadContext = Omit<PluginContext, "name"> & {
  /** Whether each record is to say which file it comes from. Default false. */
  readonly meta?: boolean;
  /**
   * Standard input for who must act on signals while it reads, or reads something else in its place. Then all that blocks is waited for.
   */
  readonly standardInput?: () => AsyncIterable<Buffer>;
};

/**
 * Reads every address in turn as NDJSON, through `stage` if there is one, into the sink. Stops early when the stage is
 * finished. What was written before a failure is flushed.
 *
 * All addresses and options are checked before anything is read.
 *
 * @throws JnError, WireError
 */
export async function readRecordsFrom(
  addresses: readonly Address[],
  context: ReadContext,
  sink: ByteSink,
  stage?: Transcoder,
): Promise<void> {
  const plans: Plan[] = [];
  for (const address of addresses) plans.push(...(await planReading(address, STANDARD_INPUT)));
  const meter = flowMeter();
  if (meter !== undefined) expectBytes(meter, plans, context.standardInput === undefined);
  const readers: (Reader | undefined)[] = [];
  const conditions = new Map<Address, Conditions>();
  for (const [index, plan] of plans.entries()) {
    // What is decided by the content has to wait. Of the files of a pattern, which all have the same options, the first one stands for all.
    const isFirst = plans[index - 1]?.address !== plan.address && plan.format !== undefined;
    readers.push(isFirst ? await openReader(plan, index, plans.length === 1, context, conditions, stage) : undefined);
  }
  for (const [index, plan] of plans.entries()) {
    if (isFinished(stage)) return;
    const open = async (whole: Plan): Promise<Reader> =>
      await openReader(whole, index, false, context, conditions, stage);
    const opened = readers[index];
    readers[index] = undefined;
    if (plan.place.kind === "url") {
      const { readRemote } = await import("../streams/read-remote.ts");
      await readRemote(plan, opened, open, context, sink, () => isFinished(stage));
    } else if (plan.place.kind === "member") {
      const { readMember } = await import("../streams/read-member.ts");
      await readMember(plan, opened ?? (await open(plan)), context, sink);
    } else await readPlan(plan, opened ?? (await open(plan)), context, sink);
    if (plans[index + 1]?.address !== plan.address && !isFinished(stage))
      conditions.get(plan.address)?.requireKnownFields();
  }
  if (stage !== undefined && stage.finished !== true) flushing(sink, () => stage.end(sink));
}

function isFinished(stage: Transcoder | undefined): boolean {
  return stage?.finished === true;
}

/** Tells how much there is to be read, if all of it is in files. @param isOwn whether standard input is that of this process */
function expectBytes(meter: FlowMeter, plans: readonly Plan[], isOwn: boolean): void {
  let bytes = 0;
  for (const { place } of plans) {
    const stat =
      place.kind === "file"
        ? statOf(() => statSync(place.path))
        : place.kind === "standard" && isOwn
          ? statOf(() => fstatSync(0))
          : undefined;
    if (stat?.isFile() !== true) return;
    bytes += stat.size;
  }
  meter.expect(bytes);
}

/** undefined: it is closed, or not there; who opens it says so. */
function statOf(look: () => Stats): Stats | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** How messages of a stage call what it reads. */
export function sourceName(addresses: readonly Address[]): string {
  const [only] = addresses;
  return addresses.length === 1 && only!.place.kind !== "glob" ? placeName(only!, STANDARD_INPUT) : "the records";
}

/** From bytes to what is done with the records: a part that waits, if there must be one, and a part that does not. */
export interface Reader {
  readonly before: ByteStage | undefined;
  readonly transcoder: Transcoder;
  /** What it will have seen of a page when that is read. */
  readonly seen: PageSeen;
}

export async function openReader(
  plan: Plan,
  index: number,
  isOnly: boolean,
  context: ReadContext,
  conditions: Map<Address, Conditions>,
  stage: Transcoder | undefined,
): Promise<Reader> {
  const { format, options } = plan;
  const about: PluginContext = { ...context, name: plan.name };
  const seen: PageSeen = { cursor: undefined, records: 0 };
  const after = await stagesAfter(plan, index, about, context.meta === true, conditions, seen);
  if (stage !== undefined) after.push(continuing(stage));
  const encoding = options.text("encoding");
  if (encoding === undefined && isOnly && format?.isNdjson === true && after.length > 0) {
    // What comes after checks the records itself.
    return { before: undefined, transcoder: chained(after), seen };
  }
  const opened = await format!.read!(options, about);
  if (encoding === undefined && "push" in opened)
    return { before: undefined, transcoder: chained([opened, ...after]), seen };
  const { decodedReader } = await import("../streams/decoded-reader.ts");
  return { ...(await decodedReader(opened, encoding, plan.address.text, after)), seen };
}

/** What is done with the records of a source, whatever they are read for. */
async function stagesAfter(
  plan: Plan,
  index: number,
  about: PluginContext,
  withMeta: boolean,
  conditions: Map<Address, Conditions>,
  seen: PageSeen,
): Promise<Transcoder[]> {
  const stages: Transcoder[] = [];
  if (plan.records !== undefined || plan.pages !== undefined) {
    const { pageStages } = await import("./page-stages.ts");
    stages.push(...(await pageStages(plan.records, plan.pages, seen, about)));
  }
  if (withMeta || plan.meta === true) {
    const { fileMeta } = await import("./file-meta.ts");
    stages.push(fileMeta(plan.name, index, about));
  }
  if (plan.filter !== undefined) {
    const { recordFilter } = await import("./record-filter.ts");
    stages.push(await recordFilter(plan.filter, about));
  }
  if (plan.conditions.length > 0) {
    const { conditionsOf } = await import("./conditions.ts");
    const all = conditions.get(plan.address) ?? conditionsOf(plan.conditions, placeName(plan.address, STANDARD_INPUT));
    conditions.set(plan.address, all);
    stages.push(all.stage(about));
  }
  return stages;
}

async function readPlan(plan: Plan, reader: Reader, context: ReadContext, sink: ByteSink): Promise<void> {
  if (context.standardInput !== undefined) {
    const { readWaiting } = await import("../streams/read-waiting.ts");
    await readWaiting(plan, reader, context, context.standardInput, sink);
    return;
  }
  const source = openPlace(plan.place, plan.name);
  try {
    const first = firstBytes(source);
    const codec = codecOf(plan, first);
    if (codec === undefined && reader.before === undefined) pump(startingWith(first, source), reader.transcoder, sink);
    else {
      const { readThrough } = await import("../streams/read-through.ts");
      const { chunksOf } = await import("../streams/transcoding-stage.ts");
      const path = plan.place.kind === "file" && codec === undefined ? { path: plan.place.path } : {};
      await readThrough({ plan, codec, bytes: Object.assign(chunksOf(source, first), path), reader }, context, sink);
    }
  } finally {
    source.close();
  }
}

/** The name of the codec: what the address says, else what the bytes say, else what the extension says. */
export function codecOf({ codec }: Plan, first: Buffer | undefined): string | undefined {
  if (codec === "none") return undefined;
  const seen = first === undefined ? undefined : codecOfBytes(first);
  return seen === undefined || seen === "short" ? codec?.name : seen;
}

/** As many bytes as it takes to see whether they are compressed: one read, as a rule. */
export function firstBytes(source: Source): Buffer | undefined {
  let first = source.read();
  while (first !== undefined && codecOfBytes(first) === "short") {
    const kept = Buffer.from(first);
    const next = source.read();
    if (next === undefined) return kept;
    first = Buffer.concat([kept, next]);
  }
  return first;
}

/** The source, from its beginning, though its first bytes have been read. */
function startingWith(first: Buffer | undefined, source: Source): Source {
  let waiting = true;
  return {
    name: source.name,
    get fd() {
      return waiting ? undefined : source.fd;
    },
    get paused() {
      return source.paused;
    },
    read() {
      if (!waiting) return source.read();
      waiting = false;
      return first;
    },
    close() {
      source.close();
    },
  };
}

function chained([first, ...rest]: readonly Transcoder[]): Transcoder {
  return chain(first!, ...rest);
}
