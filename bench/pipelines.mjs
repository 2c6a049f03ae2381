// Compares cuprum with bash, with Node's own child_process and with its peers. See README.md beside this file.
//
//   node bench/pipelines.mjs [--size MiB] [--runs N] [--peers FOLDER] [--jobs A,B] [--only A,B] [--publish FILE] [--check]
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { goalLine, machineLine, publishSection } from "./publish.mjs";

const WORKER = fileURLToPath(new URL("pipeline-worker.mjs", import.meta.url));
const TIME = "/usr/bin/time";

/** What is measured in turn: jobs of pipeline-worker.mjs. A floor is a least ratio to another contender, or a least figure. */
const JOBS = [
  {
    name: "three cats",
    title: "`cat FILE | cat | cat > /dev/null`, zeros",
    unit: "GiB/s",
    of: (size, file) => ({ amount: size / 1024, file }),
    contenders: ["bash", "cuprum", "cuprum-tapped", "pipe()", "execa", "zx"],
    floors: [
      { of: "cuprum", against: "bash", least: 0.95 },
      { of: "cuprum", against: "execa", least: 2 },
    ],
  },
  {
    name: "one hop",
    title: "`cat FILE | cat > /dev/null`, zeros",
    unit: "GiB/s",
    of: (size, file) => ({ amount: size / 1024, file }),
    contenders: ["bash", "cuprum", "cuprum-tapped", "pipe()"],
    floors: [{ of: "cuprum-tapped", against: "cuprum", least: 0.4 }],
  },
  {
    name: "lines",
    title: "the lines of `seq N`, one by one or in events",
    unit: "M lines/s",
    of: (size) => ({ amount: Math.round(size / 100), lines: Math.round(size / 100) * 1_000_000 }),
    contenders: ["cuprum-events", "cuprum-lines", "readline", "execa", "nano-spawn"],
    floors: [{ of: "cuprum-events", least: 1 }],
  },
  {
    name: "one command",
    title: "`true`, again and again",
    unit: "runs/s",
    of: () => ({ amount: 100, runs: 100 }),
    contenders: ["cuprum", "cuprum-bare", "spawn", "execa", "nano-spawn", "zx"],
    floors: [],
  },
  {
    name: "yes | head",
    title: "`yes | head -n 1`, again and again",
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
    peers: { type: "string", default: process.env.BENCH_PEERS ?? process.cwd() },
    jobs: { type: "string" },
    only: { type: "string" },
    publish: { type: "string" },
    check: { type: "boolean", default: false },
  },
});
const chosen = values.jobs?.split(",") ?? JOBS.map(({ name }) => name);
const size = Number(values.size);
const runs = Number(values.runs);
const scratch = mkdtempSync(join(tmpdir(), "cuprum-bench-"));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
const file = join(scratch, "zeros");
const descriptor = openSync(file, "w");
ftruncateSync(descriptor, size * 2 ** 20);
closeSync(descriptor);

console.log(`${machineLine()}; ${size} MiB, ${runs} runs each, in turn`);
let missed = 0;
for (const job of JOBS.filter(({ name }) => chosen.includes(name))) {
  const { rows, faults } = measure(job);
  const goals = job.floors.flatMap((floor) => judge(floor, rows));
  missed += goals.filter(({ reached }) => !reached).length;
  console.log(`${job.name} (${job.unit}; own CPU of the parent as a share of all; growth of its memory)`);
  for (const { name, why } of faults) console.log(`  ${name.padEnd(14)} ${why}`);
  for (const row of rows) console.log(`  ${cellsOf(row).join("  ")}`);
  for (const { text, measured, reached } of goals)
    console.log(`  ${reached ? "reached" : "MISSED"}: ${text}: ${measured}`);
  console.log("");
  if (values.publish !== undefined) publishSection(values.publish, `process ${job.name}`, sectionOf(job, rows, goals));
}
if (values.check && missed > 0) process.exitCode = 1;

/** A row for each contender that could be measured, medians in units a second; and why the others could not. */
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
      faults.push({ name, why: sample });
    }
  }
  const rows = [...samples].map(([name, taken]) => {
    const speeds = taken.map(({ seconds }) => input.amount / seconds);
    return {
      name,
      perSecond: median(speeds),
      slowest: Math.min(...speeds),
      fastest: Math.max(...speeds),
      share: median(taken.map(({ share }) => share)),
      growthMiB: median(taken.map(({ growthMiB }) => growthMiB)),
    };
  });
  return { rows, faults };
}

/** Nothing when one of the two was not measured. */
function judge({ of, against, least }, rows) {
  const speedOf = (name) => rows.find((row) => row.name === name)?.perSecond;
  const value = speedOf(of) / (against === undefined ? 1 : speedOf(against));
  if (Number.isNaN(value)) return [];
  const text = against === undefined ? `${of} at least ${least} M lines/s` : `${of} at least ${least} x ${against}`;
  return [{ text, measured: value.toFixed(2), reached: value >= least }];
}

function cellsOf({ name, perSecond, slowest, fastest, share, growthMiB }) {
  const range = `${perSecond.toFixed(2)} (${slowest.toFixed(2)}-${fastest.toFixed(2)})`;
  return [
    name.padEnd(14),
    range.padStart(24),
    `${(share * 100).toFixed(1)} %`.padStart(7),
    `${growthMiB.toFixed(1)} MiB`,
  ];
}

function sectionOf({ name, title, unit }, rows, goals) {
  const versions = new Map(["bash", "execa", "nano-spawn", "zx"].map((peer) => [peer, versionOf(peer)]));
  return [
    `## Processes: ${title}`,
    "",
    `${machineLine()}; \`node bench/pipelines.mjs --jobs "${name}" --size ${size}\`, ${runs} runs each. cuprum's pipes hold 256 KiB, bash's 64 KiB; with \`pipe()\` of Node, execa and zx ` +
      "every byte comes through the parent, whose own share of all CPU and whose growth in memory are shown.",
    "",
    ...goals.map(({ text, measured, reached }) => goalLine(text, measured, reached)),
    "",
    `| by | ${unit}: median (slowest-fastest) | the parent's CPU | its growth | x bash | x execa |`,
    "| --- | --: | --: | --: | --: | --: |",
    ...rows.map((row) => {
      const over = ["bash", "execa"].map((peer) => {
        const other = rows.find((one) => one.name === peer);
        return other === undefined ? "-" : (row.perSecond / other.perSecond).toFixed(2);
      });
      const [by, ...cells] = cellsOf(row).map((cell) => cell.trim());
      return `| ${[`${by} ${versions.get(by) ?? ""}`.trim(), ...cells, ...over].join(" | ")} |`;
    }),
    "",
  ];
}

/** Of bash, or of a package in the folder of the peers; undefined when it is not there. */
function versionOf(name) {
  if (name === "bash") return /\d+(\.\d+)+/.exec(spawnSync("bash", ["--version"], { encoding: "utf8" }).stdout)?.[0];
  const manifest = join(values.peers, "node_modules", name, "package.json");
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).version : undefined;
}

/** What it took, or why it took part no longer. */
function runOnce(job, name, input) {
  const env = { ...process.env, BENCH_PEERS: values.peers };
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
