import { ByteSink, type Transcoder } from "@jn/wire";
import { parseAddress } from "../../src/address/address.ts";
import { type ReadContext, readRecordsFrom } from "../../src/address/records-in.ts";

/** What reading these addresses gives, in this process: as `jn cat` does it, but for the command line. */
export async function readHere(
  addresses: readonly string[],
  context: Partial<ReadContext> = {},
  stage?: Transcoder,
): Promise<string> {
  const pieces: Buffer[] = [];
  const sink = new ByteSink((bytes, start, end) => pieces.push(Buffer.from(bytes.subarray(start, end))));
  const whole = { maxRecordBytes: 1_000_000, warn: () => undefined, ...context };
  await readRecordsFrom(addresses.map(parseAddress), whole, sink, stage);
  sink.flush();
  return Buffer.concat(pieces).toString();
}
