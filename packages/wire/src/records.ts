import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { LineSplitter, type LineOptions } from "./line-splitter.ts";
import { WireError } from "./wire-error.ts";

/**
 * Reads NDJSON as values, one per line; blank lines are passed over. Leaving the loop closes the input.
 *
 * @param input any stream of bytes: a Node readable, a child's stdout, an async generator
 * @throws WireError `BAD_RECORD` with the line number, `RECORD_TOO_LONG`
 */
export async function* readRecords(
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: LineOptions = {},
): AsyncGenerator<unknown, void, undefined> {
  let lines: string[] = [];
  let lineNumber = 0;
  const splitter = new LineSplitter((bytes, start, end) => {
    lines = lines.concat(bytes.toString("utf8", start, end - 1).split("\n"));
  }, options);
  const take = (): string[] => {
    const taken = lines;
    lines = [];
    return taken;
  };
  function* parsed(): Generator<unknown, void, undefined> {
    for (const line of take()) {
      lineNumber++;
      if (line.trim() !== "") yield parse(line, lineNumber);
    }
  }
  for await (const chunk of input) {
    try {
      splitter.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    } catch (error) {
      // The lines before the one that is too long are good.
      yield* parsed();
      throw error;
    }
    yield* parsed();
  }
  splitter.end();
  yield* parsed();
}

/**
 * Writes values as NDJSON to a Node writable and ends it, waiting whenever it is full. Resolves when all is written.
 *
 * @throws WireError `BAD_RECORD` for a value that JSON cannot express; rejects with the stream's own error
 */
export async function writeRecords(
  records: AsyncIterable<unknown> | Iterable<unknown>,
  output: NodeJS.WritableStream,
): Promise<void> {
  await pipeline(Readable.from(encoded(records), { objectMode: false, highWaterMark: 64 * 1024 }), output);
}

async function* encoded(records: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<Buffer> {
  let index = 0;
  for await (const record of records) {
    // JSON.stringify is typed as string, but returns undefined for undefined, functions and symbols.
    const text = JSON.stringify(record) as string | undefined;
    if (text === undefined) throw new WireError("BAD_RECORD", `record ${index} (${typeof record}) has no JSON form`);
    yield Buffer.from(`${text}\n`);
    index++;
  }
}

function parse(line: string, lineNumber: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    const snippet = line.length > 60 ? `${line.slice(0, 60)}...` : line;
    throw new WireError("BAD_RECORD", `line ${lineNumber} is not JSON: ${snippet}`, { cause: error });
  }
}
