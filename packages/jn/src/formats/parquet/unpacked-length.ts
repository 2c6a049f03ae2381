// How long what was packed says it is, for codecs whose libraries cut or fill their output to the length that they are given.

/** Snappy's raw format (format_description.txt): a varint before everything. */
export function snappyLength(bytes: Uint8Array): number {
  let length = 0;
  for (let at = 0; at < 5 && at < bytes.length; at++) {
    length += (bytes[at]! & 0x7f) * 2 ** (7 * at);
    if (bytes[at]! < 0x80) break;
  }
  return length;
}

/** A block of LZ4 (lz4_Block_format.md): the sum of its literals and matches. */
export function lz4Length(bytes: Uint8Array): number {
  let length = 0;
  let at = 0;
  const more = (first: number): number => {
    let sum = first;
    if (first < 15) return sum;
    while (at < bytes.length) {
      const byte = bytes[at++]!;
      sum += byte;
      if (byte < 255) break;
    }
    return sum;
  };
  while (at < bytes.length) {
    const token = bytes[at++]!;
    const literals = more(token >> 4);
    length += literals;
    at += literals;
    if (at >= bytes.length) break;
    at += 2;
    length += more(token & 15) + 4;
  }
  return length;
}

/** The same in Hadoop's frames, each with both of its lengths before it; what is not framed so is one block. */
export function hadoopLz4Length(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let length = 0;
  let at = 0;
  while (at + 8 <= bytes.length) {
    length += view.getUint32(at);
    at += 8 + view.getUint32(at + 4);
  }
  return at === bytes.length ? length : lz4Length(bytes);
}

/** Frames of Zstandard (RFC 8878, 3.1.1): what their headers say, or their blocks where all of these do. undefined: neither does. */
export function zstandardLength(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let length = 0;
  let at = 0;
  try {
    while (at < bytes.length) {
      const magic = view.getUint32(at, true);
      if (magic >= SKIPPABLE && magic < SKIPPABLE + 16) {
        at += 8 + view.getUint32(at + 4, true);
        continue;
      }
      if (magic !== MAGIC) return undefined;
      const frame = frameHeader(view, at + 4);
      let fromBlocks: number | undefined = 0;
      at = frame.end;
      for (let isLast = false; !isLast;) {
        const head = view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000;
        const [type, size] = [(head >> 1) & 3, head >> 3];
        isLast = (head & 1) === 1;
        at += 3 + (type === REPEATED ? 1 : size);
        if (fromBlocks !== undefined) fromBlocks = type > REPEATED ? undefined : fromBlocks + size;
      }
      if (frame.hasChecksum) at += 4;
      const found = frame.length ?? fromBlocks;
      if (found === undefined) return undefined;
      length += found;
    }
  } catch (error) {
    // It ends too early, which who unpacks it says.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  return length;
}

interface FrameHeader {
  readonly end: number;
  readonly length: number | undefined;
  readonly hasChecksum: boolean;
}

function frameHeader(view: DataView, start: number): FrameHeader {
  const about = view.getUint8(start);
  const isSingle = (about & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][about & 3]!;
  const lengthBytes = [isSingle ? 1 : 0, 2, 4, 8][about >> 6]!;
  const at = start + 1 + (isSingle ? 0 : 1) + dictionaryBytes;
  const lengths = new Map([
    [1, () => view.getUint8(at)],
    [2, () => view.getUint16(at, true) + 256],
    [4, () => view.getUint32(at, true)],
    [8, () => Number(view.getBigUint64(at, true))],
  ]);
  return { end: at + lengthBytes, length: lengths.get(lengthBytes)?.(), hasChecksum: (about & 4) !== 0 };
}

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** The type of blocks of one byte, over and over; those below are as they are, those above are packed. */
const REPEATED = 1;
