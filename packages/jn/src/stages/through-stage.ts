import { descriptorSink, type Transcoder } from "@jn/wire";
import { parseAddress } from "../address/address.ts";
import { type ReadContext, readRecordsFrom, sourceName } from "../address/records-in.ts";
import type { LineSourceOptions } from "../formats/ndjson/record-lines.ts";

/** Reads the addresses, or standard input where there are none, through a stage to standard output. */
export async function throughStage(
  texts: readonly string[],
  context: ReadContext,
  makeStage: (about: LineSourceOptions) => Transcoder,
): Promise<void> {
  const addresses = (texts.length === 0 ? ["-"] : texts).map(parseAddress);
  const stage = makeStage({ ...context, source: sourceName(addresses) });
  await readRecordsFrom(addresses, context, descriptorSink(1, "standard output"), stage);
}
