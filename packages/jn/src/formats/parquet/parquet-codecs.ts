import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { decompress } from "fzstd";
import type { Compressors } from "hyparquet";
import { compressors } from "hyparquet-compressors";

/**
 * What unpacks pages. None of them makes more bytes than the page's header says, so it is these that have to be bounded. By Node itself
 * where it can: that is quicker, and compares the checksum.
 */
export const PAGE_CODECS: Compressors = {
  ...compressors,
  GZIP: (bytes, length) => gunzipSync(bytes, { maxOutputLength: length }),
  BROTLI: (bytes, length) => brotliDecompressSync(bytes, { maxOutputLength: length }),
  // Told where to put it, the library takes no memory of its own.
  ZSTD: (bytes, length) => decompress(bytes, new Uint8Array(length)),
};
