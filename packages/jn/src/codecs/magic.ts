/** The first bytes of compressed data, and the name of its codec. Brotli has none. */
const SIGNATURES: readonly (readonly [codec: string, bytes: readonly number[]])[] = [
  ["gz", [0x1f, 0x8b, 0x08]],
  ["zst", [0x28, 0xb5, 0x2f, 0xfd]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["lz4", [0x04, 0x22, 0x4d, 0x18]],
  // BZh, the block size (any), and the first block's own signature.
  ["bz2", [0x42, 0x5a, 0x68, -1, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59]],
];

/** The codec that compressed the bytes; "short" when more of them must decide, undefined when there is none. */
export function codecOfBytes(bytes: Uint8Array): string | undefined {
  for (const [codec, signature] of SIGNATURES) {
    if (bytes[0] !== signature[0]) continue;
    const length = Math.min(bytes.length, signature.length);
    let at = 1;
    while (at < length && (signature[at] === -1 || bytes[at] === signature[at])) at++;
    if (at === signature.length) return codec;
    if (at === bytes.length) return "short";
  }
  return undefined;
}

/** The format of files that are no text, by their first bytes; undefined for all others. A ZIP archive is taken for a workbook. */
export function binaryFormatOfBytes(bytes: Buffer): string | undefined {
  const start = bytes.toString("latin1", 0, 16);
  if (start.startsWith("PAR1")) return "parquet";
  if (start.startsWith("Obj\u0001")) return "avro";
  if (start.startsWith("SQLite format 3\0")) return "sqlite";
  return start.startsWith("PK\u0003\u0004") ? "xlsx" : undefined;
}
