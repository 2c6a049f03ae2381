import { ByteSink, type Source, type Transcoder } from "@jn/wire";
import type { ByteStage } from "../plugins/plugin.ts";

/** A transcoder as a stage among stages that wait. */
export function transcodingStage(transcoder: Transcoder): ByteStage {
  return async function* stage(input) {
    let pieces: Buffer[] = [];
    const sink = new ByteSink((bytes, start, end) => pieces.push(Buffer.from(bytes.subarray(start, end))));
    const taken = (): Buffer[] => {
      sink.flush();
      const all = pieces;
      pieces = [];
      return all;
    };
    for await (const chunk of input) {
      try {
        transcoder.push(chunk, sink);
      } catch (error) {
        // The records before the bad one are good.
        yield* taken();
        throw error;
      }
      yield* taken();
      if (transcoder.finished === true) return;
    }
    try {
      transcoder.end(sink);
    } catch (error) {
      yield* taken();
      throw error;
    }
    yield* taken();
  };
}

/** What a blocking source has, as chunks that may be kept. */
export async function* chunksOf(source: Source, first: Buffer | undefined): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of lentChunks(source, first)) yield Buffer.from(chunk);
}

/** The same, each valid until the next one is asked for. Now and then signals are let in. */
export async function* lentChunks(source: Source, first: Buffer | undefined): AsyncGenerator<Buffer, void, undefined> {
  let count = 0;
  for (let chunk = first; chunk !== undefined; chunk = source.read()) {
    yield chunk;
    if (++count % CHUNKS_BETWEEN_SIGNALS === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Passes bytes on as they are. */
export const passing: Transcoder = {
  push(chunk, out) {
    out.appendRecords(chunk, 0, chunk.length);
  },
  end() {
    // Nothing is held back.
  },
};

/** The same chunks in memory of their own, so that they may be kept. */
export async function* copied(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}

/** A megabyte: some milliseconds of work. */
const CHUNKS_BETWEEN_SIGNALS = 16;
