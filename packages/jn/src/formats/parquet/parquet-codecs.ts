import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { decompress } from "fzstd";
import type { Compressors } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { hadoopLz4Length, lz4Length, snappyLength, zstandardLength } from "./unpacked-length.ts";

/**
 * What unpacks pages. None of them makes more bytes than the page's header says, so it is these that have to be bounded; a page that is longer
 * or shorter than that is an error, unless it is of Zstandard and does not say how long it is. By Node itself where it can: that is quicker, and compares the checksum.
 */
export const PAGE_CODECS: Compressors = {
  ...compressors,
  GZIP: (bytes, length) => gunzipSync(bytes, { maxOutputLength: length }),
  BROTLI: (bytes, length) => brotliDecompressSync(bytes, { maxOutputLength: length }),
  // Told where to put it, the library takes no memory of its own.
  ZSTD: checked(zstandardLength, (bytes, length) => decompress(bytes, new Uint8Array(length))),
  SNAPPY: checked(snappyLength, compressors.SNAPPY!),
  LZ4: checked(hadoopLz4Length, compressors.LZ4!),
  LZ4_RAW: checked(lz4Length, compressors.LZ4_RAW!),
};

type Unpack = (bytes: Uint8Array, length: number) => Uint8Array;

/** Without it, these would cut or fill what there is without a word. */
function checked(lengthOf: (bytes: Uint8Array) => number | undefined, unpack: Unpack): Unpack {
  return (bytes, length) => {
    const found = lengthOf(bytes);
    if (found !== undefined && found !== length)
      throw new Error(`a page that should have ${length} bytes has ${found}; the file is damaged`);
    return unpack(bytes, length);
  };
}
