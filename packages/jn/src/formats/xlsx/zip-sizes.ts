import { JnError } from "../../jn-error.ts";
import { requireRoom } from "../parsing-room.ts";

/**
 * Refuses an archive whose parts would grow to far more than its size, or overlap: by the central directory at its end (APPNOTE.TXT
 * 6.3.10, sections 4.3.12 and 4.3.16), before anything is unpacked.
 *
 * @param held tells of a part by its name how many bytes of memory each of its bytes takes when it is held
 * @throws JnError `BAD_DATA`
 */
export function requireHarmless(file: Uint8Array, name: string, held: (part: string) => number): void {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const end = endOfDirectory(view);
  if (end < 0)
    throw new JnError("BAD_DATA", `${name}: it is no workbook (no ZIP directory at its end); was it cut off?`);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  let packed = 0;
  let unpacked = 0;
  let heldBytes = 0;
  for (let entry = 0; entry < count; entry++) {
    if (
      at + 46 > file.length ||
      at + 46 + view.getUint16(at + 28, true) > file.length ||
      view.getUint32(at, true) !== 0x02014b50
    ) {
      throw new JnError("BAD_DATA", `${name}: the ZIP directory of the workbook is damaged`);
    }
    packed += view.getUint32(at + 20, true);
    unpacked += view.getUint32(at + 24, true);
    const part = Buffer.from(file.buffer, file.byteOffset + at + 46, view.getUint16(at + 28, true)).toString();
    heldBytes += held(part) * view.getUint32(at + 24, true);
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  if (packed > file.length)
    throw new JnError("BAD_DATA", `${name}: parts of the workbook overlap, which no program writes`);
  if (unpacked > HARMLESS_BYTES && unpacked > MAX_EXPANSION * file.length) {
    throw new JnError(
      "BAD_DATA",
      `${name}: the workbook would grow from ${file.length} to ${unpacked} bytes, more than ${MAX_EXPANSION} times`,
    );
  }
  requireRoom(name, heldBytes);
}

function endOfDirectory(view: DataView): number {
  for (let at = view.byteLength - 22; at >= 0 && at >= view.byteLength - 22 - 0xffff; at--) {
    if (view.getUint32(at, true) === 0x06054b50) return at;
  }
  return -1;
}

const HARMLESS_BYTES = 10 * 1024 * 1024;
const MAX_EXPANSION = 100;
