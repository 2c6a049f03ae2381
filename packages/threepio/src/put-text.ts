import type { ByteSink } from "@jn/wire";

/** Writes a text that may leave the buffer as it is. */
export function putText(sink: ByteSink, text: string): void {
  const bytes = Buffer.from(text);
  sink.append(bytes, 0, bytes.length);
  sink.commit();
}
