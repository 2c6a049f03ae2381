/**
 * Goes through a structure of Thrift's compact protocol (thrift-compact-protocol.md) without making anything of it: the library makes room
 * for lists as long as they say that they are, before it looks for their elements.
 *
 * @returns where it ends
 * @throws RangeError when the bytes end inside it; Error for lists longer than their bytes, and for nesting that no file has
 */
export function thriftEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  const byte = (): number => {
    const found = bytes[at++];
    if (found === undefined) throw new RangeError("the bytes end inside a structure");
    return found;
  };
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const part = byte();
      value += (part & 0x7f) * scale;
      if (part < 0x80) return value;
    }
  };
  const skip = (count: number): void => {
    at += count;
    if (at > bytes.length) throw new RangeError("the bytes end inside a structure");
  };
  const element = (type: number, depth: number): void => {
    if (depth > MAX_DEPTH) throw new Error("its structures are nested too deeply");
    if (type === BYTE) skip(1);
    else if (type === DOUBLE) skip(8);
    else if (type === BINARY) skip(varint());
    else if (type === STRUCT) struct(depth + 1);
    else if (type >= I16 && type <= I64) varint();
    else if (type === LIST) {
      const head = byte();
      const count = head >> 4 === 15 ? varint() : head >> 4;
      if (count > bytes.length - at) throw new Error("a list is said to be longer than the bytes that it is in");
      const kind = head & 0x0f;
      for (let left = count; left > 0; left--) element(kind <= FALSE ? BYTE : kind, depth + 1);
    } else if (type > FALSE) throw new Error(`there is no type ${type}`);
  };
  const struct = (depth: number): void => {
    for (;;) {
      const head = byte();
      if ((head & 0x0f) === STOP) return;
      if (head >> 4 === 0) varint();
      element(head & 0x0f, depth);
    }
  };
  struct(0);
  return at;
}

const STOP = 0;
/** Of a field, a boolean is its type. */
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;
const MAX_DEPTH = 64;
