// Compares cuprum with bash, with Node's own child_process and with its peers. See README.md beside this file.
//
//   node bench/pipelines.mjs [--size MiB] [--runs N] [--peers FOLDER] [--only A,B] [--check]
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, ftruncateSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const WORKER = fileURLToPath(new URL("pipeline-worker.mjs", import.meta.url));
const TIME = "/usr/bin/time";

/** What is measured in turn: a bash line, or a job of pipeline-worker.mjs. */
const JOBS = [
  {
    name: "three cats",
    unit: "GiB/s",
    of: (size, file) => ({ amount: size / 1024, file }),
    contenders: ["bash", "cuprum", "cuprum-tapped", "pipe()", "execa", "zx"],
    floors: [{ of: "cuprum", against: "bash", least: 0.9 }],
  },
  {
    name: "one hop",
    unit: "GiB/s",
    of: (size, file) => ({ amount: size / 1024, file }),
    contenders: ["bash", "cuprum", "cuprum-tapped", "pipe()"],
    floors: [{ of: "cuprum-tapped", against: "cuprum", least: 0.4 }],
  },
  {
    name: "lines",
    unit: "M lines/s",
    of: (size) => ({ amount: Math.round(size / 100), lines: Math.round(size / 100) * 1_000_000 }),
    contenders: ["cuprum-events", "cuprum-lines", "readline", "execa", "nano-spawn"],
    floors: [{ of: "cuprum-events", least: 1 }],
  },
  {
    name: "one command",
    unit: "runs/s",
    of: () => ({ amount: 100, runs: 100 }),
    contenders: ["cuprum", "cuprum-bare", "spawn", "execa", "nano-spawn", "zx"],
    floors: [],
  },
  {
    name: "yes | head",
    unit: "runs/s",
    of: () => ({ amount: 50, runs: 50 }),
    contenders: ["cuprum", "bash"],
    floors: [],
  },
];

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "1024" },
    runs: { type: "string", default: "5" },
    peers: { type: "string" },
    only: { type: "string" },
    check: { type: "boolean", default: false },
  },
});
const size = Number(values.size);
const runs = Number(values.runs);
const scratch = mkdtempSync(join(tmpdir(), "cuprum-bench-"));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
const file = join(scratch, "zeros");
const descriptor = openSync(file, "w");
ftruncateSync(descriptor, size * 2 ** 20);
closeSync(descriptor);

console.log(
  `node ${process.version}, ${cpus().length} cores, load ${(loadavg()[0] ?? 0).toFixed(1)}; ${size} MiB, ${runs} runs each, in turn`,
);
let missed = 0;
for (const job of JOBS) {
  const medians = measure(job);
  for (const { of, against, least } of job.floors) {
    const value = medians.get(of) / (against === undefined ? 1 : medians.get(against));
    const reached = value >= least;
    if (!reached) missed++;
    console.log(
      `  ${reached ? "reached" : "MISSED"}: ${of}${against === undefined ? "" : ` / ${against}`} ${value.toFixed(2)}, floor ${least}`,
    );
  }
  console.log("");
}
if (values.check && missed > 0) process.exitCode = 1;

/** Medians by contender, in units a second. */
function measure(job) {
  const input = job.of(size, file);
  const wanted = values.only?.split(",");
  const contenders = job.contenders.filter(
    (name) => wanted === undefined || wanted.includes(name) || ["bash", "cuprum"].includes(name),
  );
  const faults = [];
  const samples = new Map(contenders.map((name) => [name, []]));
  for (let round = -1; round < runs; round++) {
    for (const [name, taken] of samples) {
      const sample = runOnce(job.name, name, input);
      if (typeof sample !== "string") {
        if (round >= 0) taken.push(sample);
        continue;
      }
      samples.delete(name);
      faults.push(`  ${name.padEnd(14)} ${sample}`);
    }
  }
  console.log(`${job.name} (${job.unit}; own CPU of the parent as a share of all; growth of its memory)`);
  for (const fault of faults) console.log(fault);
  const medians = new Map();
  for (const [name, taken] of samples) {
    const perSecond = input.amount / median(taken.map(({ seconds }) => seconds));
    medians.set(name, perSecond);
    const share = median(taken.map(({ share }) => share));
    const growth = median(taken.map(({ growthMiB }) => growthMiB));
    console.log(
      `  ${name.padEnd(14)} ${perSecond.toFixed(2).padStart(9)}   ${(share * 100).toFixed(1).padStart(5)} %  ${growth.toFixed(1).padStart(6)} MiB`,
    );
  }
  return medians;
}

/** What it took, or why it took part no longer. */
function runOnce(job, name, input) {
  const env = { ...process.env, BENCH_PEERS: values.peers ?? "" };
  delete env.NODE_EXTRA_CA_CERTS;
  const metered = existsSync(TIME) ? [TIME, "-f", "%U %S"] : [];
  const [program, ...args] = [...metered, process.execPath, WORKER, job, name, JSON.stringify(input)];
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", env });
  if (status === 3) return "is not installed";
  if (/heap out of memory/.test(stderr)) return "ran out of memory";
  if (status !== 0) throw new Error(`${job}, ${name} ended with ${status}:\n${stderr}`);
  const result = JSON.parse(stdout);
  const total = metered.length === 0 ? Number.NaN : sum(stderr.trim().split("\n").at(-1).split(" ").map(Number));
  // What Node takes to start is not the pipeline's.
  return { ...result, share: result.cpuSeconds / (total - result.startSeconds) };
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
