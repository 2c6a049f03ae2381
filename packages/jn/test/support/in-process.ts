import { ByteSink, type Transcoder } from "@jn/wire";
import { parseAddress } from "../../src/address/address.ts";
import { planWriting } from "../../src/address/plan.ts";
import { type ReadContext, readRecordsFrom } from "../../src/address/records-in.ts";
import type { ByteStage } from "../../src/plugins/plugin.ts";
import { encodedWriter } from "../../src/streams/encoded-writer.ts";
import { transcodingStage } from "../../src/streams/transcoding-stage.ts";

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

/** The bytes that `jn put` would write to the address, its codec included. */
export async function writtenHere(records: string, address: string): Promise<Buffer> {
  const plan = await planWriting(parseAddress(address), "standard output");
  const context = { maxRecordBytes: 1_000_000, warn: (): undefined => undefined };
  const writer = await plan.format!.write!(plan.options, { ...context, name: "records" });
  const stage = await whole(writer);
  const encoded =
    plan.codec === undefined || plan.codec === "none" ? stage : await encodedWriter(stage, plan, plan.codec, context);
  const chunks: Buffer[] = [];
  for await (const chunk of encoded(piecesOf(records))) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function whole(writer: Transcoder | ByteStage): Promise<ByteStage> {
  return await Promise.resolve("push" in writer ? transcodingStage(writer) : writer);
}

async function* piecesOf(text: string): AsyncGenerator<Buffer, void, undefined> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
