import { ByteSink, type Transcoder } from "@jn/wire";

/** What a transcoder makes of an input that arrives in pieces, cut at these places. */
export function transcode(makeTranscoder: () => Transcoder, input: Uint8Array, cuts: readonly number[] = []): Buffer {
  const transcoder = makeTranscoder();
  const output: Buffer[] = [];
  const sink = new ByteSink((bytes, start, end) => output.push(Buffer.from(bytes.subarray(start, end))));
  const places = [...new Set([0, ...cuts.filter((cut) => cut > 0 && cut < input.length), input.length])].toSorted(
    (a, b) => a - b,
  );
  for (let at = 0; at + 1 < places.length && transcoder.finished !== true; at++) {
    // Each piece in memory of its own, which is spoilt afterwards: a transcoder may not keep what it was lent.
    const chunk = Buffer.from(input.subarray(places[at], places[at + 1]));
    transcoder.push(chunk, sink);
    sink.flush();
    chunk.fill(0x21);
  }
  if (transcoder.finished !== true) transcoder.end(sink);
  sink.flush();
  return Buffer.concat(output);
}

/** The same, with an error as part of the result: `output`, then `!` and the message. Each byte is a character. */
export function transcodeOrFail(
  makeTranscoder: () => Transcoder,
  input: Uint8Array,
  cuts: readonly number[] = [],
): string {
  const transcoder = makeTranscoder();
  let output = "";
  const sink = new ByteSink((bytes, start, end) => {
    output += bytes.toString("latin1", start, end);
  });
  try {
    const places = [...new Set([0, ...cuts.filter((cut) => cut > 0 && cut < input.length), input.length])].toSorted(
      (a, b) => a - b,
    );
    for (let at = 0; at + 1 < places.length; at++)
      transcoder.push(Buffer.from(input.subarray(places[at], places[at + 1])), sink);
    transcoder.end(sink);
    sink.flush();
    return output;
  } catch (error) {
    sink.flush();
    const message = error instanceof Error ? error.message : String(error);
    return `${output}!${Buffer.from(message).toString("latin1")}`;
  }
}
