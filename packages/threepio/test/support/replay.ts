// A test command that writes the segments of another run again, in pieces of any size, as a live run would.
//
//   node replay.js FOLDER SEED
import { closeSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

const [folder = "", seed = "1"] = process.argv.slice(2);
let state = Number(seed) + 1;
const random = (): number => {
  // Park and Miller's generator.
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
};
const segments = readdirSync(folder)
  .filter((name) => name !== "3pio.jsonl")
  .map((name) => ({
    bytes: readFileSync(join(folder, name)),
    fd: openSync(join(process.env["THREEPIO_EVENTS"]!, name), "a"),
    at: 0,
  }));
for (let open = segments; open.length > 0; open = open.filter(({ at, bytes }) => at < bytes.length)) {
  const segment = open[Math.floor(random() * open.length)]!;
  const length = Math.ceil(random() * 64 * 1024);
  segment.at += writeSync(segment.fd, segment.bytes, segment.at, Math.min(length, segment.bytes.length - segment.at));
  if (random() < 0.1) await new Promise((resolve) => setTimeout(resolve, 5));
}
for (const { fd } of segments) closeSync(fd);
