// Writes records to standard output until the bytes asked for are written, or nobody reads any more.
//
//   node generate.js csv|ndjson|json|wide BYTES [REPORT]
//
// With REPORT, writes small pieces, and keeps the number of bytes that were taken in that file.
import { closeSync, openSync, writeSync } from "node:fs";

const [kind = "ndjson", wanted = "0", report] = process.argv.slice(2);
const pieceBytes = report === undefined ? 256 * 1024 : 4096;
const reportFd = report === undefined ? undefined : openSync(report, "w");
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
  const text = `{"id":${record},"name":"name ${record}","x":${record % 100},"city":"New York"}`;
  return kind === "ndjson" ? `${text}\n` : `${record === 1 ? "" : ",\n"}${text}`;
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
