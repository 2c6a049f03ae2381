// Writes a file's text again and again, so that a stage can be given more than a disk should hold. The first line, a header, once only.
//
//   node bench/feed.mjs FILE BYTES [--header] | ...
import { readFileSync, writeSync } from "node:fs";

const [path, wanted, header] = process.argv.slice(2);
const text = readFileSync(path);
const start = header === "--header" ? text.indexOf("\n") + 1 : 0;
write(text.subarray(0, start));
const body = text.subarray(start);
for (let left = Number(wanted) - start; left > 0; left -= body.length) write(body);

function write(bytes) {
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at, bytes.length - at);
}
