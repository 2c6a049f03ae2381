import { chain, type Transcoder } from "@jn/wire";
import type { ByteStage } from "../plugins/plugin.ts";
import { textDecoder } from "../text/text-decoder.ts";
import { passing, transcodingStage } from "./transcoding-stage.ts";

/** A reader that is not just a transcoder: its text is decoded first, or it waits for something. */
export async function decodedReader(
  opened: Transcoder | ByteStage,
  encoding: string | undefined,
  where: string,
  after: readonly Transcoder[],
): Promise<{ readonly before: ByteStage | undefined; readonly transcoder: Transcoder }> {
  const decoder = encoding === undefined ? undefined : textDecoder(encoding, where);
  if ("push" in opened) {
    const reader = decoder === undefined ? opened : chain(decoder, opened);
    return { before: undefined, transcoder: chain(reader, ...after) };
  }
  const [first = passing, ...rest] = after;
  const before: ByteStage = decoder === undefined ? opened : (input) => opened(transcodingStage(decoder)(input));
  return { before, transcoder: chain(first, ...rest) };
}
