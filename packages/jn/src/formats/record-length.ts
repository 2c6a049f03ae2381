import { WireError } from "@jn/wire";

/**
 * @param text of a record, as JSON
 * @throws WireError `RECORD_TOO_LONG`
 */
export function requireShort(text: string, source: string, maxRecordBytes: number): void {
  if (3 * text.length <= maxRecordBytes) return;
  if (text.length > maxRecordBytes || Buffer.byteLength(text) > maxRecordBytes) throw tooLong(source, maxRecordBytes);
}

export function tooLong(source: string, maxRecordBytes: number): WireError {
  return new WireError(
    "RECORD_TOO_LONG",
    `${source}: longer than ${maxRecordBytes} bytes; raise --max-record-bytes if it is right`,
  );
}

/** How many bytes the text takes at most; of a long one exactly, because three for each character are then worth looking. */
export function maxBytes(text: string): number {
  return text.length < LONG ? 3 * text.length : Buffer.byteLength(text);
}

const LONG = 64 * 1024;
