// A limit: the least that a Node program does to move a file to its output, 64 KiB at a time, looking at nothing.
//
//   node bench/loop.mjs FILE | ...
import { openSync, readSync, writeSync } from "node:fs";

const input = openSync(process.argv[2], "r");
const block = Buffer.allocUnsafe(64 * 1024);
try {
  for (let size = readSync(input, block); size > 0; size = readSync(input, block)) {
    for (let at = 0; at < size;) at += writeSync(1, block, at, size - at);
  }
} catch (error) {
  if (error.code !== "EPIPE") throw error;
  process.exitCode = 141;
}
