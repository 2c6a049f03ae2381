const KIB = 1024;

/** Bytes without a short period, so that a part that is lost or repeated shows. */
export function sample(size: number, seed = 1): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let state = seed;
  for (let at = 0; at < size; at++) bytes[at] = (state = (state * 1_103_515_245 + 12_345) & 0x7fff_ffff) >> 16;
  return bytes;
}

/** The bytes in chunks of a size that fits no buffer. */
export function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_007) yield bytes.subarray(at, at + 10_007);
}

export function* endless(): Generator<Uint8Array> {
  const lines = Buffer.alloc(4 * KIB, "a line that comes again and again\n");
  for (;;) yield lines;
}
