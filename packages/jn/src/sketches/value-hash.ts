/** A hash of `bytes[start..end)`, two times 32 bits; `low` has the second half. */
export class ValueHash {
  high = 0;
  low = 0;

  /** Two lanes that are multiplied with different primes and mixed at the end (after cyrb53 by bryc, public domain). */
  of(bytes: Uint8Array, start: number, end: number): void {
    let a = 0xdeadbeef;
    let b = 0x41c6ce57;
    for (let at = start; at < end; at++) {
      a = Math.imul(a ^ bytes[at]!, 2_654_435_761);
      b = Math.imul(b ^ bytes[at]!, 1_597_334_677);
    }
    a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
    b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
    this.high = a >>> 0;
    this.low = b >>> 0;
  }
}
