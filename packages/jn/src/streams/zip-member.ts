import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { createInflateRaw } from "node:zlib";
import { ioError } from "@jn/wire";
import { boundedExpansion } from "../codecs/expansion.ts";
import { inflated } from "../codecs/zlib-codecs.ts";
import { JnError } from "../jn-error.ts";
import type { ByteStage } from "../plugins/plugin.ts";

/**
 * The bytes of one member of a ZIP archive (APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16), as they are unpacked; at the end their
 * number and checksum must be those that the archive states. Stored and deflated members are read, up to 4 GiB, not encrypted ones.
 *
 * @throws JnError `BAD_DATA`, WireError `IO`
 */
export async function* zipMember(
  path: string,
  member: string,
  maxExpansion: number,
): AsyncGenerator<Buffer, void, undefined> {
  const archive = opened(path);
  try {
    const found = memberNamed(archive, path, member);
    const name = `${path}!${member}`;
    const packed = pieces(archive, found, name);
    let crc = 0xffffffff;
    let size = 0;
    const unpack: ByteStage = (input) => inflated(createInflateRaw(), input, name);
    const bytes = found.method === DEFLATED ? boundedExpansion(unpack, name, maxExpansion)(packed) : packed;
    for await (const chunk of bytes) {
      for (const byte of chunk) crc = CRC_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
      size += chunk.length;
      if (size > found.size) break;
      yield chunk;
    }
    if (size === found.size && (crc ^ 0xffffffff) >>> 0 === found.crc) return;
    throw new JnError(
      "BAD_DATA",
      `${name}: it is not what the archive says (${found.size} bytes, and their checksum); it is damaged`,
    );
  } finally {
    closeSync(archive.fd);
  }
}

interface Archive {
  readonly fd: number;
  readonly size: number;
}

interface Member {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** Where its own header begins. */
  readonly at: number;
  /** Where the next member, or the directory, begins. */
  readonly end: number;
}

function opened(path: string): Archive {
  try {
    const fd = openSync(path, "r");
    return { fd, size: fstatSync(fd).size };
  } catch (error) {
    throw ioError("open", path, error);
  }
}

function memberNamed(archive: Archive, path: string, wanted: string): Member {
  const tail = bytesAt(archive, Math.max(0, archive.size - MAX_END_BYTES), MAX_END_BYTES);
  const end = tail.lastIndexOf(END_SIGNATURE);
  if (end < 0 || end + 22 > tail.length) throw new JnError("BAD_DATA", `${path}: it is no ZIP archive, or cut off`);
  const length = tail.readUInt32LE(end + 12);
  if (length > Math.min(archive.size, MAX_DIRECTORY_BYTES))
    throw new JnError("BAD_DATA", `${path}: the directory of the archive is too large`);
  const directory = bytesAt(archive, tail.readUInt32LE(end + 16), length);
  const names: string[] = [];
  let found: Omit<Member, "end"> | undefined;
  /** Where the data of members, and the directory, begin. */
  const borders: number[] = [tail.readUInt32LE(end + 16)];
  for (let at = 0; at + 46 <= directory.length;) {
    if (directory.readUInt32LE(at) !== ENTRY_SIGNATURE)
      throw new JnError("BAD_DATA", `${path}: the directory of the archive is damaged`);
    const nameEnd = at + 46 + directory.readUInt16LE(at + 28);
    const name = directory.toString("utf8", at + 46, nameEnd);
    borders.push(directory.readUInt32LE(at + 42));
    if (name === wanted) found ??= checked(directory, at, `${path}!${name}`, name);
    if (!name.endsWith("/") && names.length <= SHOWN_NAMES) names.push(name);
    at = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  if (found !== undefined) {
    const { at } = found;
    return {
      ...found,
      end: borders.reduce((least, border) => (border > at ? Math.min(least, border) : least), archive.size),
    };
  }
  const shown = names.slice(0, SHOWN_NAMES).join(", ") + (names.length > SHOWN_NAMES ? ", ..." : "");
  throw new JnError("BAD_DATA", `${path}: there is no member '${wanted}'; there are: ${shown}`);
}

function checked(directory: Buffer, at: number, shown: string, name: string): Omit<Member, "end"> {
  const method = directory.readUInt16LE(at + 10);
  const member = {
    name,
    method,
    crc: directory.readUInt32LE(at + 16),
    packedSize: directory.readUInt32LE(at + 20),
    size: directory.readUInt32LE(at + 24),
    at: directory.readUInt32LE(at + 42),
  };
  if ((directory.readUInt16LE(at + 8) & 1) === 1) throw new JnError("BAD_DATA", `${shown}: it is encrypted`);
  if (method !== STORED && method !== DEFLATED)
    throw new JnError("BAD_DATA", `${shown}: it is compressed by method ${method}, not deflated`);
  if (Math.max(member.packedSize, member.size, member.at) === 0xffffffff)
    throw new JnError("BAD_DATA", `${shown}: it is larger than 4 GiB`);
  return member;
}

async function* pieces(
  archive: Archive,
  { at, packedSize, end }: Member,
  name: string,
): AsyncGenerator<Buffer, void, undefined> {
  const header = bytesAt(archive, at, 30);
  if (header.length < 30 || header.readUInt32LE(0) !== LOCAL_SIGNATURE)
    throw new JnError("BAD_DATA", `${name}: its header is damaged`);
  let from = at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  // Bombs of a few kilobytes are made of members that share their data.
  if (from + packedSize > end)
    throw new JnError("BAD_DATA", `${name}: it overlaps what comes after it; the archive is damaged, or meant to harm`);
  for (let left = packedSize; left > 0;) {
    const piece = bytesAt(archive, from, Math.min(left, PIECE_BYTES));
    if (piece.length === 0) throw new JnError("BAD_DATA", `${name}: the archive ends inside it; was it cut off?`);
    from += piece.length;
    left -= piece.length;
    yield piece;
  }
}

function bytesAt({ fd }: Archive, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, position));
}

const SHOWN_NAMES = 20;
const STORED = 0;
const DEFLATED = 8;
const PIECE_BYTES = 64 * 1024;
/** The end of the directory, and the longest comment after it. */
const MAX_END_BYTES = 22 + 0xffff;
const MAX_DIRECTORY_BYTES = 256 * 1024 * 1024;
const END_SIGNATURE = Buffer.from([0x50, 0x4b, 0x05, 0x06]);
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;

/** CRC-32 by table, as in the appendix of PNG's specification (ISO/IEC 15948, annex D). */
const CRC_TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});
