import { MAX_RECORD_BYTES, readRecords } from "@jn/wire";
import { parseAddress } from "../address/address.ts";
import { recordChunks } from "../address/record-chunks.ts";
import type { ReadContext } from "../address/records-in.ts";
import type { LineSourceOptions } from "../formats/ndjson/record-lines.ts";
import { JnError } from "../jn-error.ts";
import { transcodingStage } from "../streams/transcoding-stage.ts";
import type { Transcoder } from "@jn/wire";
import type { BadRecord, ReadOptions, Records, RecordSource } from "./types.ts";

/** Records that are read when somebody asks for them: as values, or as chunks of NDJSON. Each time it is read anew. */
class ChunkedRecords<T> implements Records<T> {
  readonly #open: () => AsyncIterable<Buffer>;

  constructor(open: () => AsyncIterable<Buffer>) {
    this.#open = open;
  }

  bytes(): AsyncIterable<Buffer> {
    return this.#open();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const record of readRecords(this.#open(), { maxRecordBytes: Number.MAX_SAFE_INTEGER }))
      yield record as T;
  }

  async toArray(): Promise<T[]> {
    const all: T[] = [];
    for await (const record of this) all.push(record);
    return all;
  }
}

export function recordsOf<T>(open: () => AsyncIterable<Buffer>): Records<T> {
  return new ChunkedRecords<T>(open);
}

/** The records of a source through a stage, which is made anew each time they are read. */
export function through<T>(
  source: RecordSource,
  options: ReadOptions,
  makeStage: (about: LineSourceOptions, context: ReadContext) => Transcoder | Promise<Transcoder>,
): Records<T> {
  return recordsOf(async function* stage() {
    const context = contextOf(options);
    const transcoder = await makeStage({ ...context, source: nameOf(source) }, context);
    yield* transcodingStage(transcoder)(chunksOfSource(source, context));
  });
}

/** What a source is called in messages. */
export function nameOf(source: RecordSource): string {
  return typeof source === "string" ? source : "the records";
}

/** A source as chunks of NDJSON. */
export function chunksOfSource(source: RecordSource, context: ReadContext): AsyncIterable<Buffer> {
  if (typeof source === "string") return recordChunks([parseAddress(source)], context);
  if (source instanceof ChunkedRecords) return source.bytes();
  return encoded(source);
}

/** What readers are told. */
export function contextOf({ maxRecordBytes = MAX_RECORD_BYTES, onBadRecord, onWarning }: ReadOptions): ReadContext {
  return {
    maxRecordBytes,
    warn: (message) => onWarning?.(message),
    bad:
      onBadRecord === undefined
        ? undefined
        : {
            take(error, { bytes, start, end, byte }) {
              if (!(error instanceof JnError) || error.record === undefined) throw error;
              const { place, reason } = error.record;
              const bad: BadRecord = {
                source: place.source,
                line: place.line,
                byte,
                reason,
                raw: bytes.toString("utf8", start, end),
              };
              onBadRecord(bad);
            },
          },
  };
}

async function* encoded(records: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<Buffer, void, undefined> {
  let text = "";
  let count = 0;
  for await (const record of records) {
    const json = JSON.stringify(record) as string | undefined;
    if (json === undefined) throw new JnError("BAD_DATA", `record ${count} (${typeof record}) has no JSON form`);
    text += `${json}\n`;
    count++;
    if (text.length < PIECE_CHARACTERS) continue;
    yield Buffer.from(text);
    text = "";
  }
  if (text !== "") yield Buffer.from(text);
}

const PIECE_CHARACTERS = 64 * 1024;
