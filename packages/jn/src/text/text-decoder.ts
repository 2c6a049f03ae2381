import { TextDecoder } from "node:util";
import type { Transcoder } from "@jn/wire";
import { usageError } from "../jn-error.ts";

/**
 * Text in any encoding that the WHATWG Encoding Standard names, to UTF-8. Bytes that mean nothing in it become U+FFFD.
 *
 * @throws JnError `USAGE` for an encoding that does not exist
 */
export function textDecoder(encoding: string, where: string): Transcoder {
  const decoder = newDecoder(encoding, where);
  const write: Transcoder["push"] = (chunk, out) => {
    const text = Buffer.from(decoder.decode(chunk, { stream: true }));
    out.appendRecords(text, 0, text.length);
  };
  return {
    push: write,
    end(out) {
      const text = Buffer.from(decoder.decode());
      out.appendRecords(text, 0, text.length);
    },
  };
}

function newDecoder(encoding: string, where: string): TextDecoder {
  try {
    return new TextDecoder(encoding);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw usageError(
      `${where}: there is no encoding '${encoding}'; common ones: utf-8, latin1, windows-1252, utf-16le`,
    );
  }
}
