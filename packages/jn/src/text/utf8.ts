import { isUtf8 } from "node:buffer";

/**
 * The index of the first byte in `bytes[start..end)` that is no well-formed UTF-8, or `end` when all is well.
 *
 * One native call for the common case; the byte loop (Unicode 15, table 3-7) runs only when something is wrong.
 */
export function validUtf8Until(bytes: Buffer, start: number, end: number): number {
  if (isUtf8(bytes.subarray(start, end))) return end;
  let at = start;
  while (at < end) {
    const length = sequenceLength(bytes, at, end);
    if (length === 0) return at;
    at += length;
  }
  return end;
}

/** The end of the last complete character in `bytes[start..end)`: what follows it may be completed by the next chunk. */
export function wholeCharactersUntil(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at >= start && at >= end - 3; at--) {
    const byte = bytes[at]!;
    if (byte < 0x80) return end;
    if (byte >= 0xc0) return at + announcedLength(byte) > end ? at : end;
  }
  return end;
}

function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = announcedLength(lead);
  if (at + length > end) return 0;
  const second = bytes[at + 1]!;
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let k = 2; k < length; k++) if ((bytes[at + k]! & 0xc0) !== 0x80) return 0;
  return length;
}

function announcedLength(lead: number): number {
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}
