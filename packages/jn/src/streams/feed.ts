import type { Duplex, Writable } from "node:stream";

/**
 * Writes every chunk to the stream and ends it. Before it asks for more input it waits until what came out of the last chunk has
 * been taken: so a live source shows what it has, though asking may block. An error of the input destroys the stream. Never
 * rejects.
 */
export async function feed(
  input: AsyncIterable<Buffer>,
  stream: Writable & Partial<Pick<Duplex, "readableLength">>,
): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    stream.once("close", resolve);
  });
  try {
    for await (const chunk of input) {
      if (stream.destroyed) return;
      await Promise.race([written(stream, chunk), closed]);
      // One turn of the event loop at least: what was taken may still be on its way to where it is written.
      do await new Promise(setImmediate);
      while (!stream.destroyed && (stream.readableLength ?? 0) > 0);
      if (stream.destroyed) return;
    }
    stream.end();
  } catch (error) {
    stream.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

async function written(stream: Writable, chunk: Buffer): Promise<void> {
  await new Promise<void>((resolve) => {
    // An error is the business of whoever reads the other end.
    stream.write(chunk, () => resolve());
  });
}
