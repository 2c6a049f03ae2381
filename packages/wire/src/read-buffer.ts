/**
 * Memory of `bytes` bytes for the kernel to read into.
 *
 * It begins on a cache line of its own, as far as that can be told from here: glibc puts each allocation of more than 128 KiB 16 bytes into a page,
 * and AMD's Zen 3 copies to the bytes 1 to 31 of a page from the beginning of another (`rep movsb`, by which Linux copies from files and pipes) at
 * a fifth of its speed: 1.2 in place of 6 GB/s.
 */
export function readBuffer(bytes: number): Buffer {
  return Buffer.allocUnsafeSlow(SKIPPED_BYTES + bytes).subarray(SKIPPED_BYTES);
}

/** From 16 to the next multiple of 64. */
const SKIPPED_BYTES = 48;
