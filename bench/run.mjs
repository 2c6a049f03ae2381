// Compares jn with its peers and with the limits of the machine. See README.md beside this file.
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { arch, cpus, loadavg, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { checkCopy, checkRecords, checkUnordered, writeExpected, wrong } from "./check.mjs";
import { makeData } from "./data.mjs";
import { asTypeScript, commonLimits } from "./commands.mjs";
import { JOBS } from "./jobs.mjs";
import { publish } from "./publish.mjs";
import { findMeter, runPipeline } from "./measure.mjs";
import { addRatios, jobText, judgeFloors, judgeGoals, summarise } from "./report.mjs";
import { findTools, resolveStages } from "./tools.mjs";

const USAGE = `usage: node bench/run.mjs [options]

  --size MB      size of the CSV and event files (100)
  --jobs A,B     only these of: ${JOBS.map(({ name }) => name).join(", ")}
  --only A,B     only these commands (by label: jn, jq, mlr, ...); the limits always run
  --runs N       counted runs of each command (5); four times as many in head and startup
  --data FOLDER  where the inputs are made and kept (bench/.data)
  --most SECONDS what takes longer is stopped, and the table says so (900)
  --json FILE    also write the figures as JSON
  --publish FILE also put the table of each job into this Markdown file, in the place of the one that was there
  --check        exit 1 when a floor is missed or could not be measured
`;
const BRIEF_RUNS = 4;
/** A command that is slower than this is timed twice only, */
const SLOW_SECONDS = 2;
const SLOW_RUNS = 2;
/** and of one slower than this the first, checked run is its only one. */
const VERY_SLOW_SECONDS = 5;

async function main() {
  const options = readOptions();
  const tools = findTools();
  const meter = findMeter();
  const load = loadavg()[0];
  const jobs = [];
  print(
    `node ${process.version} on ${platform()} ${arch()}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? "unknown"}, load ${load.toFixed(1)}`,
  );
  print(
    `found: ${
      Object.entries(tools.versions)
        .map((entry) => entry.join(" "))
        .join(", ") || "no peer"
    }`,
  );
  print(`not found: ${tools.missing.join(", ") || "-"}`);
  if (!tools.programs.has("jn"))
    print("ours: jn is not built (packages/jn/dist/bin/jn.cjs is not there), so only the others are measured");
  print(
    `CPU and memory: ${meter === undefined ? "not measured, neither GNU time nor python3 is here" : `by ${meter.name}`}`,
  );
  if (load > cpus().length / 2) print("The machine is busy: ratios hold better than seconds.");
  print("");

  const paths = makeData(options.data, options.size);
  const scratch = mkdtempSync(join(tmpdir(), "jn-bench-"));
  process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
  for (const job of JOBS.filter(({ name }) => options.jobs.includes(name))) {
    const began = performance.now();
    const measured = await runJob(job, { paths, scratch, meter, programs: tools.programs, ...options });
    print(`${jobText(measured)}(took ${((performance.now() - began) / 1000).toFixed(0)} s)\n`);
    jobs.push(measured);
    if (options.publish !== undefined) publish(options.publish, measured, tools.versions);
  }
  if (options.json !== undefined) {
    const machine = {
      node: process.version,
      platform: platform(),
      arch: arch(),
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      load,
    };
    const report = {
      date: new Date().toISOString(),
      sizeMb: options.size,
      machine,
      peers: tools.versions,
      missing: tools.missing,
      jobs,
    };
    writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  process.exitCode = verdict(jobs, options.check);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        size: { type: "string", default: "100" },
        runs: { type: "string", default: "5" },
        jobs: { type: "string" },
        only: { type: "string" },
        data: { type: "string", default: fileURLToPath(new URL(".data", import.meta.url)) },
        most: { type: "string", default: "900" },
        json: { type: "string" },
        publish: { type: "string" },
        check: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    const names = JOBS.map(({ name }) => name);
    const jobs = values.jobs?.split(",") ?? names;
    const unknown = jobs.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`no job is called "${unknown}"`);
    const [size, runs] = [Number(values.size), Number(values.runs)];
    if (!(size > 0)) throw new Error(`--size takes a number of MB above 0, not "${values.size}"`);
    if (!Number.isInteger(runs) || runs < 1)
      throw new Error(`--runs takes a whole number above 0, not "${values.runs}"`);
    const mostSeconds = Number(values.most);
    if (!(mostSeconds > 0)) throw new Error(`--most takes a number of seconds above 0, not "${values.most}"`);
    return { ...values, jobs, size, runs, mostSeconds, only: values.only?.split(",") };
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return process.exit(2);
  }
}

/** One uncounted, checked run of every command, then `runs` rounds of all of them in turn: A B C A B C. */
async function runJob(job, context) {
  const { paths, scratch, meter, programs, only, mostSeconds } = context;
  const input = { name: job.input, path: paths[job.input], bytes: statSync(paths[job.input]).size };
  const limits = job.limits?.(paths) ?? commonLimits(input.path);
  const commands = job.commands(paths);
  const mine = commands.filter(({ kind }) => kind === "ours").map(asTypeScript);
  const wanted = [...commands, ...mine].filter(({ label }) => only === undefined || only.includes(label));
  const rows = [...wanted, ...limits]
    .map((command) => ({ ...command, resolved: resolveStages(command.stages, programs) }))
    .filter(({ resolved }) => resolved !== undefined);
  const setting = { scratch, env: cleanEnvironment(), mostSeconds };
  const expected = join(scratch, "expected");
  const { from, format: _, ...wantedRecords } = job.result;
  writeExpected(expected, paths[from], wantedRecords, paths["lookup.csv"]);

  for (const row of rows) {
    const sink = join(scratch, "output");
    row.probe = await runPipeline(row.resolved, { ...setting, meter, sink, sampled: true });
    row.result = judgeProbe(row, sink, { job, input, expected, mostSeconds });
    row.runs = row.probe.seconds > VERY_SLOW_SECONDS && row.result.ok ? [row.probe] : [];
    rmSync(sink, { force: true });
  }
  // A wrapped process starts a millisecond later, which a brief job would notice.
  const timing = job.brief ? setting : { ...setting, meter };
  const rounds = job.brief ? context.runs * BRIEF_RUNS : context.runs;
  for (let round = 0; round < rounds; round++) {
    for (const row of rows) {
      const most = row.probe.seconds > VERY_SLOW_SECONDS ? 0 : row.probe.seconds > SLOW_SECONDS ? SLOW_RUNS : rounds;
      if (!row.result.ok || round >= most) continue;
      row.runs.push(await runPipeline(row.resolved, timing));
    }
  }

  const shown = rows.map(({ kind, label, stages, result, runs, probe }) => ({
    kind,
    label,
    command: commandText(stages),
    result,
    figures: runs.length === 0 ? undefined : summarise(runs, probe, input.bytes),
  }));
  const bestPeer = addRatios(shown);
  const floors = judgeFloors(job.floors ?? [], shown);
  const goals = judgeGoals(job, shown, bestPeer);
  const { name, title, brief = false } = job;
  const { bytes } = input;
  return { name, title, brief, input: { name: input.name, bytes }, bestPeer, rows: shown, floors, goals };
}

function judgeProbe({ kind, probe, resolved }, sink, { job, input, expected, mostSeconds }) {
  if (probe.timedOut) return { ok: false, exact: false, note: `stopped after ${mostSeconds} s` };
  const copies = kind === "limit";
  const result = !copies
    ? checkAnswer(sink, job.result, expected, kind)
    : job.brief
      ? { ok: true, exact: true, note: "-" }
      : checkCopy(sink, input.path);
  if (!result.ok && probe.stderr !== "") result.note += ` (${probe.stderr.slice(0, 200)})`;
  const failed = probe.processes.find(({ exit }, index) => exit !== 0 && !leftByReader(exit, resolved[index + 1]));
  if (failed !== undefined) result.note += `; exit ${failed.exit}`;
  if (kind === "ours" && result.ok && failed !== undefined)
    return wrong(`exit ${failed.exit} (${probe.stderr.slice(0, 200)})`);
  if (kind === "ours" && result.ok && !result.exact) return wrong(`only ${result.note}`);
  return result;
}

/** A job may leave the order of its records open; peers may change it anyway, which the table says of them. */
function checkAnswer(path, { format, isUnordered = false }, expected, kind) {
  const result = checkRecords(path, format, expected);
  if (result.ok || (!isUnordered && kind === "ours")) return result;
  try {
    const unordered = checkUnordered(path, format, expected);
    return unordered.ok ? unordered : result;
  } catch {
    return result;
  }
}

/** 141 is SIGPIPE: a reader that has seen enough is no failure. */
function leftByReader(exit, next) {
  return exit === 141 && next !== undefined;
}

/** As people would type it, without folders. */
function commandText(stages) {
  const word = (text) => {
    const plain = text.replaceAll(/(?:\/[^/'" ]+)+\/(?=[^/]+\.(?:csv|json|ndjson)\b)/g, "");
    if (/^[\w@%+=:,./<~-]+$/.test(plain)) return plain;
    return plain.includes("'") ? `"${plain.replaceAll(/[\\"$`]/g, "\\$&")}"` : `'${plain}'`;
  };
  return stages
    .map(([program, ...words]) => [PROGRAM_TEXTS.get(program) ?? word(program), ...words.map(word)].join(" "))
    .join(" | ");
}

/** What stands for a program that is not called by the name that the table of jobs has. */
const PROGRAM_TEXTS = new Map([
  ["loop", "node loop.mjs"],
  ["polars", "python3 polars-job.py"],
  ["jn-typescript", "JN_BACKEND=node jn"],
]);

function cleanEnvironment() {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  return env;
}

function verdict(jobs, check) {
  const oursWrong = jobs.some(({ rows }) => rows.some(({ kind, result }) => kind === "ours" && !result.ok));
  const missed = jobs.flatMap(({ floors }) => floors).some(({ ok }) => ok !== true);
  return oursWrong || (check && missed) ? 1 : 0;
}

function print(line) {
  process.stdout.write(`${line}\n`);
}

await main();
