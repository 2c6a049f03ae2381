// Writes records to standard output until the bytes asked for are written, or nobody reads any more.
//
//   node generate.js csv|ndjson|json|wide|scattered BYTES [REPORT]
//
// With REPORT, writes small pieces, and keeps the number of bytes that were taken in that file.
import { closeSync, openSync, writeSync } from "node:fs";

const [kind = "ndjson", wanted = "0", report] = process.argv.slice(2);
const pieceBytes = report === undefined ? 256 * 1024 : 4096;
const reportFd = report === undefined ? undefined : openSync(report, "w");
/** How many groups `scattered` records have, if there are enough of them. */
const GROUPS = 2_000_003;
let written = 0;
let record = 0;

try {
  const first = beginning();
  put(first);
  while (written < Number(wanted)) {
    let piece = "";
    while (piece.length < pieceBytes) piece += next();
    put(piece);
  }
  if (kind === "json") put("\n]\n");
} catch (error) {
  if (!(error instanceof Error && "code" in error && error.code === "EPIPE")) throw error;
}
if (reportFd !== undefined) closeSync(reportFd);

function beginning(): string {
  if (kind === "csv") return "id,name,x,city\n";
  if (kind === "json") return "[\n";
  return kind === "wide" ? `${cells("c")}\n` : "";
}

function next(): string {
  record++;
  if (kind === "csv") return `${record},name ${record},${record % 100},"New, York"\n`;
  if (kind === "wide") return `${cells("")}\n`;
  if (kind === "scattered") return scattered();
  const text = `{"id":${record},"name":"name ${record}","x":${record % 100},"city":"New York"}`;
  return kind === "ndjson" ? `${text}\n` : `${record === 1 ? "" : ",\n"}${text}`;
}

/** A key that no other record has, one that some others have, both in no order and always as long, and a number. */
function scattered(): string {
  // To multiply by an odd number turns the numbers of 32 bits into each other.
  const key = Math.imul(record, 2654435761) >>> 0;
  const padded = (number: number, length: number): string => String(number).padStart(length, "0");
  return `{"key":"${padded(key, 10)}","group":"${padded(key % GROUPS, 7)}","x":${record % 100},"name":"name ${record}"}\n`;
}

/** A row of 100,000 cells. */
function cells(prefix: string): string {
  return Array.from({ length: 100_000 }, (_, index) => `${prefix}${index}`).join(",");
}

function put(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    const count = writeSync(1, bytes, at, Math.min(bytes.length - at, pieceBytes));
    at += count;
    written += count;
    if (reportFd !== undefined) writeSync(reportFd, `${written}`, 0);
  }
}
