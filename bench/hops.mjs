// Measures hops alone, without the rest of cuprum: a kernel pipe made by pipe2 against bash's, a carried hop against a kernel
// hop and against the node backend, and what it takes to set one up.
//
//   node bench/hops.mjs [--size MiB] [--runs N] [--publish FILE] [--check]
//
// `cat FILE | cat` everywhere, with the file in the page cache and the output to /dev/null; "seen": an observer in JavaScript
// gets every byte, too. All in turn, in one process. A ratio is the median of those of each round, so that a slow minute of
// the machine falls on both sides. --check: exit 1 when a floor is missed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadNative } from "@cuprum/native";
import { streamBackend } from "cuprum";

import { goalLine, machineLine, publishSection } from "./publish.mjs";

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "2048" },
    runs: { type: "string", default: "7" },
    publish: { type: "string" },
    check: { type: "boolean", default: false },
  },
});
const sizeMiB = Number(values.size);
const runs = Number(values.runs);
const load = loadNative();
if (!load.available) throw new Error(`nothing to measure: ${load.reason}`);
const native = load.module;

const scratch = mkdtempSync(join(tmpdir(), "hops-bench-"));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
const file = join(scratch, "zeros");
const descriptor = openSync(file, "w");
ftruncateSync(descriptor, sizeMiB * 2 ** 20);
closeSync(descriptor);

/** Each runs `cat FILE | cat > /dev/null` once. */
const CONTENDERS = new Map([
  ["bash", () => ended(spawn("bash", ["-c", 'cat "$1" | cat > /dev/null', "bash", file], { stdio: "ignore" }))],
  ["kernel", () => kernelHop(native.pipe())],
  ["rust", () => tappedHop("rust", {})],
  ["node", () => tappedHop("node", {})],
  ["rust, seen", () => tappedHop("rust", { onChunk: () => {} })],
  ["node, seen", () => tappedHop("node", { onChunk: () => {} })],
]);

const FLOORS = [
  { of: "kernel", against: "bash", least: 0.95 },
  { of: "rust", against: "kernel", least: 0.8 },
  { of: "rust", against: "node", least: 2 },
];
const MAX_SETUP_MS = 0.1;

console.log(`${machineLine()}; ${sizeMiB} MiB, ${runs} runs each, in turn: GiB/s, median (slowest to fastest)`);
const speeds = await measure();
const rows = Array.from(speeds, ([name, taken]) => [
  name,
  median(taken).toFixed(2),
  `${Math.min(...taken).toFixed(2)}-${Math.max(...taken).toFixed(2)}`,
]);
for (const [name, middle, range] of rows) console.log(`  ${name.padEnd(11)} ${middle}  (${range})`);
const goals = FLOORS.map(({ of, against, least }) => {
  const ratio = median(speeds.get(of).map((speed, round) => speed / speeds.get(against)[round]));
  return [`${of} at least ${least} x ${against}`, ratio.toFixed(2), ratio >= least];
});
for (const [name, ms] of await measureSetup()) {
  goals.push([`${name} set up in at most ${MAX_SETUP_MS} ms`, `${ms.toFixed(3)} ms`, ms <= MAX_SETUP_MS]);
}
for (const goal of goals) console.log(goalLine(...goal));
if (values.publish !== undefined) {
  publishSection(values.publish, "hops", [
    "## Hops alone",
    "",
    `${machineLine()}; \`node bench/hops.mjs --size ${sizeMiB} --runs ${runs}\`: \`cat FILE | cat > /dev/null\`, in turn; pipes hold 64 KiB. A ratio is the median of those of each round; a time to set up is the median of 2000.`,
    "",
    ...goals.map((goal) => goalLine(...goal)),
    "",
    "| the hop | GiB/s | slowest-fastest |",
    "| --- | --: | --: |",
    ...rows.map((cells) => `| ${cells.join(" | ")} |`),
  ]);
}
if (values.check && goals.some(([, , reached]) => !reached)) process.exitCode = 1;

/** GiB/s of each round, by contender. The first round is not counted. */
async function measure() {
  const results = new Map([...CONTENDERS.keys()].map((name) => [name, []]));
  for (let round = -1; round < runs; round += 1) {
    for (const [name, run] of CONTENDERS) {
      const start = performance.now();
      await run();
      const seconds = (performance.now() - start) / 1000;
      if (round >= 0) results.get(name).push(sizeMiB / 1024 / seconds);
    }
  }
  return results;
}

async function kernelHop({ readFd, writeFd }) {
  await Promise.all(cats(writeFd, readFd));
}

async function tappedHop(name, observers) {
  const [first, second] = [native.pipe(), native.pipe()];
  const children = cats(first.writeFd, second.readFd);
  const transfer = streamBackend(name).backend.carry(first.readFd, { ...observers, writeFd: second.writeFd });
  await Promise.all([...children, transfer.ended]);
  if (transfer.bytes() !== sizeMiB * 2 ** 20) throw new Error(`${name} carried ${transfer.bytes()} bytes`);
}

/** `cat FILE` that writes to one descriptor and `cat` that reads from the other; both are the children's then. */
function cats(writeFd, readFd) {
  const children = [
    spawn("cat", [file], { stdio: ["ignore", writeFd, "inherit"] }),
    spawn("cat", [], { stdio: [readFd, "ignore", "inherit"] }),
  ];
  closeSync(writeFd);
  closeSync(readFd);
  return children.map(ended);
}

async function ended(child) {
  const [exitCode, signal] = await once(child, "exit");
  if (exitCode !== 0) throw new Error(`${child.spawnargs.join(" ")} ended with ${exitCode ?? signal}`);
}

async function measureSetup() {
  const taken = { "kernel: pipe2": [], "carried: two pipes and a thread": [] };
  for (let round = 0; round < 2000; round += 1) {
    const start = performance.now();
    const pipe = native.pipe();
    const made = performance.now();
    const [first, second] = [native.pipe(), native.pipe()];
    const ending = new Promise((onEnd) => native.pump(first.readFd, second.writeFd, { onEnd }));
    const carried = performance.now();
    taken["kernel: pipe2"].push(made - start);
    taken["carried: two pipes and a thread"].push(carried - made);
    for (const fd of [first.writeFd, second.readFd, pipe.readFd, pipe.writeFd]) closeSync(fd);
    await ending;
  }
  return Object.entries(taken).map(([name, times]) => [name, median(times)]);
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
