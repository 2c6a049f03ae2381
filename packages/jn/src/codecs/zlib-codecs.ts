import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import { systemCode } from "@jn/wire";
import { JnError } from "../jn-error.ts";
import type { ByteStage } from "../plugins/plugin.ts";
import { counted } from "../streams/counted.ts";
import { feed } from "../streams/feed.ts";
import type { CodecParts } from "./codec-parts.ts";
import { programCodec } from "./program-codecs.ts";

export const gz: CodecParts = zlibCodec("gzip", {
  decoder: () => zlib.createGunzip(SIZES),
  encoder: () => zlib.createGzip(SIZES),
});

export const br: CodecParts = zlibCodec("Brotli", {
  decoder: () => zlib.createBrotliDecompress(SIZES),
  // The default, 11, is made for files that are compressed once and served for ever: 100 times slower.
  encoder: () => zlib.createBrotliCompress({ ...SIZES, params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } }),
  endsOnce: true,
});

/** Node has Zstandard from 22.15 on; before that the program `zstd` does it. */
export const zst: CodecParts = zstdCodec(zlib);

interface ZlibCodec {
  readonly decoder: () => Transform & { readonly bytesWritten: number };
  readonly encoder: () => Transform;
  /** Whether data may follow that the decoder does not look at, and must not. */
  readonly endsOnce?: boolean;
}

function zlibCodec(label: string, { decoder, encoder, endsOnce = false }: ZlibCodec): CodecParts {
  return {
    summary: `${label}, by Node itself`,
    modes: ["read", "write"],
    options: [],
    async decode(_options, { name }) {
      return async function* decoded(input) {
        const stream = decoder();
        const fed = { bytes: 0 };
        try {
          yield* through(stream, counted(input, fed));
        } catch (error) {
          throw explained(error, name, label);
        }
        if (endsOnce && stream.bytesWritten < fed.bytes) {
          throw new JnError("BAD_DATA", `${name}: there is more after the end of the ${label} data`);
        }
      };
    },
    async encode() {
      return (input) => through(encoder(), input);
    },
  };
}

/** What a decoder of Node makes of the bytes; its errors name the source. */
export async function* inflated(
  stream: Transform,
  input: AsyncIterable<Buffer>,
  name: string,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* through(stream, input);
  } catch (error) {
    throw explained(error, name, "deflate");
  }
}

/** The work goes on in a thread of its own while the reader looks at what is done. */
async function* through(stream: Transform, input: Parameters<ByteStage>[0]): AsyncGenerator<Buffer, void, undefined> {
  const feeding = feed(input, stream);
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } finally {
    stream.destroy();
  }
  await feeding;
}

function explained(error: unknown, name: string, label: string): unknown {
  const code = systemCode(error) ?? "";
  if (!/^(?:Z_|ERR_(?:_)?(?:BROTLI|ZSTD|ZLIB)|ZSTD_)/.test(code)) return error;
  const isCut = code === "Z_BUF_ERROR";
  const problem = isCut
    ? "the data ends too early; was it cut off?"
    : `it is no ${label} data, or damaged (${(error as Error).message}); read it as it is with ?codec=none`;
  return new JnError("BAD_DATA", `${name}: ${label}: ${problem}`, { cause: error });
}

/** What Node 20 does not have, and its types do not know. */
interface WithZstd {
  createZstdDecompress(options: object): ReturnType<ZlibCodec["decoder"]>;
  createZstdCompress(options: object): Transform;
}

function zstdCodec(module: object): CodecParts {
  if (!hasZstd(module)) return programCodec("Zstandard", "zstd");
  return zlibCodec("Zstandard", {
    decoder: () => module.createZstdDecompress(SIZES),
    encoder: () => module.createZstdCompress(SIZES),
  });
}

function hasZstd(module: object): module is WithZstd {
  return "createZstdDecompress" in module;
}

const SIZES = { chunkSize: 64 * 1024, highWaterMark: 256 * 1024 };
