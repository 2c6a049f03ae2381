import { ByteSink, type Source, type Transcoder } from "@jn/wire";
import type { ByteStage } from "../plugins/plugin.ts";
import { TemporaryFile } from "../runs/temporary-file.ts";

/**
 * A transcoder as a stage among stages that wait. What it gives at once, such as the end of a sort, is held until it is taken: beyond
 * 4 MiB in a temporary file.
 */
export function transcodingStage(transcoder: Transcoder): ByteStage {
  return async function* stage(input) {
    const output = new HeldOutput();
    const sink = new ByteSink((bytes, start, end) => output.add(bytes, start, end));
    const taken = (): AsyncIterable<Buffer> => {
      sink.flush();
      return output.taken();
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

/** Bytes until somebody takes them. */
class HeldOutput {
  #pieces: Buffer[] = [];
  #bytes = 0;
  #rest: TemporaryFile | undefined;

  add(bytes: Buffer, start: number, end: number): void {
    this.#bytes += end - start;
    if (this.#bytes > HELD_BYTES) (this.#rest ??= new TemporaryFile()).sink.appendRecords(bytes, start, end);
    else this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
  }

  async *taken(): AsyncGenerator<Buffer, void, undefined> {
    const [pieces, rest] = [this.#pieces, this.#rest];
    this.#pieces = [];
    this.#bytes = 0;
    this.#rest = undefined;
    try {
      yield* pieces;
      if (rest !== undefined) yield* rest.chunks();
    } finally {
      rest?.close();
    }
  }
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

const HELD_BYTES = 4 * 1024 * 1024;
/** A megabyte: some milliseconds of work. */
const CHUNKS_BETWEEN_SIGNALS = 16;
