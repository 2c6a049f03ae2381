import { fstatSync, readSync } from "node:fs";
import { type FileMetaData, parquetMetadata } from "hyparquet";
import { requireRoom } from "../parsing-room.ts";
import { tooLong } from "../record-length.ts";
import { thriftEnd } from "./thrift-check.ts";

/**
 * What the end of a file says of it.
 *
 * @throws Error for what is none; WireError `RECORD_TOO_LONG`, JnError `BAD_DATA` for one that would take too much memory
 */
export function parquetFooter(fd: number, name: string, maxRecordBytes: number): FileMetaData {
  const { size } = fstatSync(fd);
  const end = readAt(fd, Math.max(0, size - END_BYTES), END_BYTES);
  if (end.length < END_BYTES || end.toString("latin1", 4) !== "PAR1")
    throw new Error("it is no Parquet, which ends with PAR1; was it cut off?");
  const length = end.readUInt32LE(0);
  if (length > size - END_BYTES) throw new Error("its footer is said to be longer than the file; it is damaged");
  if (length > Math.max(maxRecordBytes, HARMLESS_BYTES)) throw tooLong(`${name}: the footer`, maxRecordBytes);
  requireRoom(name, length * HEAP_PER_BYTE);
  const footer = readAt(fd, size - END_BYTES - length, length + END_BYTES);
  thriftEnd(footer.subarray(0, length), 0);
  return parquetMetadata(footer);
}

function readAt(fd: number, start: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, start));
}

/** The length of the footer, and PAR1. */
const END_BYTES = 8;
const HARMLESS_BYTES = 10 * 1024 * 1024;
/** At most: lists of structures of nothing take a byte each. */
const HEAP_PER_BYTE = 64;
