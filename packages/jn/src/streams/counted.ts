/** How many bytes have passed so far. */
export interface Tally {
  bytes: number;
}

/** The same chunks, counted. */
export async function* counted(input: AsyncIterable<Buffer>, tally: Tally): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of input) {
    tally.bytes += chunk.length;
    yield chunk;
  }
}
