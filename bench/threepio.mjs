// What 3pio costs: the wall time of a suite with and without it, a written event, and a journal that is read and reported.
//
//   node bench/threepio.mjs [--runs N] [--tests N] [--only wall|writers|reading] [--check]
//
// --check exits 1 when a limit is missed: 3 % + 0.3 s of wall time, 5 us an event, 5 s and 120 MB for 207,418 events.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const threepio = join(root, "packages/threepio/dist/bin/3pio.cjs");
const synthetic = join(root, "packages/threepio/dist/test/support/synthetic.js");
const writerModule = join(root, "packages/threepio/dist/src/journal/writer.js");
const plugin = join(root, "packages/threepio/dist/reporters");
/** About as many as the suite of pandas has. */
const EVENTS = 207_418;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    tests: { type: "string", default: "2000" },
    only: { type: "string" },
    check: { type: "boolean" },
  },
});
const runs = Number(values.runs);
const folder = mkdtempSync(join(tmpdir(), "3pio-bench-"));
let isMissed = false;

try {
  console.log(
    `node ${process.version}, ${cpus().length} x ${cpus()[0].model.trim()}, load ${loadavg()[0].toFixed(1)}, ${runs} runs, medians`,
  );
  const hasPytest = run(["python3", "-m", "pytest", "--version"]).status === 0;
  if (isWanted("wall")) {
    wallTime("node:test", [process.execPath, "--test", "suite.test.cjs"], nodeSuite);
    wallTime("vitest", ["npx", "vitest", "run"], vitestSuite);
    const pytest = ["python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", "suite_test.py"];
    if (hasPytest) wallTime("pytest", pytest, pytestSuite);
  }
  if (isWanted("writers")) {
    if (hasPytest) writerCost("pytest plugin", ["python3", "-c", PYTHON_WRITER(), plugin]);
    writerCost("JavaScript writer", [process.execPath, "--input-type=module", "-e", NODE_WRITER()]);
  }
  if (isWanted("reading")) reading();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (values.check && isMissed) process.exitCode = 1;

function isWanted(part) {
  return values.only === undefined || values.only === part;
}

/** The same command bare and with 3pio, in turn. */
function wallTime(name, command, makeSuite) {
  makeSuite();
  const bare = [];
  const with3pio = [];
  for (let count = 0; count <= runs; count++) {
    const times = [seconds(command), seconds([process.execPath, threepio, ...command])];
    // The first round fills caches.
    if (count > 0) [bare, with3pio].forEach((list, index) => list.push(times[index]));
  }
  const [plain, ours] = [median(bare), median(with3pio)];
  const limit = plain * 1.03 + 0.3;
  say(
    `${name}, ${values.tests} tests: ${plain.toFixed(2)} s bare, ${ours.toFixed(2)} s with 3pio`,
    ours <= limit,
    `limit ${limit.toFixed(2)} s`,
  );
}

function writerCost(name, command) {
  const costs = [];
  // They are brief, and their median wants more of them.
  for (let count = 0; count < 3 * runs; count++) {
    const { stdout, stderr, status } = run(command);
    if (status !== 0) throw new Error(stderr);
    costs.push(stdout.trim().split(" ").map(Number));
  }
  const [wall, cpu, bare] = [0, 1, 2].map((at) => median(costs.map((cost) => cost[at])));
  const times = `${cpu.toFixed(2)} us of CPU an event (${wall.toFixed(2)} us of wall time), the bare write ${bare.toFixed(2)} us`;
  say(`${name}: ${times}`, cpu <= 5, "limit 5 us");
}

/** A journal of 207,418 events, read and reported anew. */
function reading() {
  const tests = Math.floor(EVENTS / 2);
  run([process.execPath, threepio, process.execPath, synthetic, `${tests}`, "4", "1"]);
  const cpu = [];
  let peak = 0;
  for (let count = 0; count < runs; count++) {
    rmSync(join(folder, ".3pio/runs/latest/reports"), { recursive: true, force: true });
    const { stderr } = run(["/usr/bin/time", "-f", "%U %S %M", process.execPath, threepio, "rebuild"]);
    const [user, system, kilobytes] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
    cpu.push(user + system);
    peak = Math.max(peak, kilobytes / 1024);
  }
  const time = median(cpu);
  say(
    `${EVENTS} events read and reported: ${time.toFixed(2)} s of CPU, ${peak.toFixed(0)} MiB at most`,
    time <= 5 && peak <= 120,
    "limits 5 s, 120 MiB",
  );
}

function nodeSuite() {
  const lines = [`const { test } = require("node:test");`];
  for (let at = 0; at < Number(values.tests); at++)
    lines.push(`test("test ${at}", () => { let x = 0; for (let i = 0; i < 2e5; i++) x += i; });`);
  writeFileSync(join(folder, "suite.test.cjs"), lines.join("\n"));
}

function vitestSuite() {
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const lines = [`import { test } from "vitest";`];
  for (let at = 0; at < Number(values.tests); at++)
    lines.push(`test("test ${at}", () => { let x = 0; for (let i = 0; i < 2e5; i++) x += i; });`);
  writeFileSync(join(folder, "suite.test.mjs"), lines.join("\n"));
}

function pytestSuite() {
  const lines = [];
  for (let at = 0; at < Number(values.tests); at++)
    lines.push(`def test_${at}():\n    assert sum(range(20000)) > ${at}\n`);
  writeFileSync(join(folder, "suite_test.py"), lines.join("\n"));
}

function NODE_WRITER() {
  return `import { JournalWriter } from ${JSON.stringify(writerModule)};
import { mkdtempSync, openSync, writeSync } from "node:fs";
const writer = new JournalWriter(mkdtempSync(${JSON.stringify(`${folder}/w`)}), "run", "bench");
const path = ["tests/some/folder/test_file.py", "TestGroup", "test_something[12]"];
const once = (count) => { for (let at = 0; at < count; at++) writer.write({ type: "test.end", path, status: "pass", ms: at / 10 }); };
once(20000);
const [start, cpu] = [performance.now(), process.cpuUsage()];
once(${EVENTS});
const used = process.cpuUsage(cpu);
const wall = performance.now() - start;
const fd = openSync(${JSON.stringify(join(folder, "bare"))}, "a");
const line = "x".repeat(220);
const bare = process.cpuUsage();
for (let at = 0; at < ${EVENTS}; at++) writeSync(fd, line);
const plain = process.cpuUsage(bare);
console.log(wall * 1000 / ${EVENTS}, (used.user + used.system) / ${EVENTS}, (plain.user + plain.system) / ${EVENTS});`;
}

function PYTHON_WRITER() {
  return `import os, sys, time, tempfile
sys.path.insert(0, sys.argv[1])
import threepio_pytest as plugin
from threepio_segment import Segment
segment = Segment(tempfile.mkdtemp(dir=${JSON.stringify(folder)}), "run", "interval")
ids = ["tests/some/folder/test_file.py::TestGroup::test_something[%d]" % at for at in range(${EVENTS} // 2)]
def once(count):
    # As the plugin does: a test has a path, a start and an end.
    for nodeid in ids[:count]:
        path = plugin.path_of(nodeid)
        segment.write('"type":"test.start","path":' + path)
        segment.write(f'"type":"test.end","path":{path},"status":"pass"{plugin.time_of(reports)}')
reports = [type("Report", (), {"duration": 0.0012})() for phase in range(3)]
once(10000)
start, cpu = time.perf_counter(), time.process_time()
once(len(ids))
wall, used = time.perf_counter() - start, time.process_time() - cpu
fd = os.open(${JSON.stringify(join(folder, "bare-python"))}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
line = b"x" * 220
cpu = time.process_time()
for at in range(${EVENTS}):
    os.write(fd, line)
print(wall * 1e6 / ${EVENTS}, used * 1e6 / ${EVENTS}, (time.process_time() - cpu) * 1e6 / ${EVENTS})`;
}

function seconds(command) {
  const start = performance.now();
  const { error } = run(command);
  if (error !== undefined) throw error;
  return (performance.now() - start) / 1000;
}

function run([program, ...args]) {
  mkdirSync(folder, { recursive: true });
  const env = { ...process.env };
  delete env.NODE_EXTRA_CA_CERTS;
  return spawnSync(program, args, { cwd: folder, env, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
}

function say(text, isKept, limit) {
  if (!isKept) isMissed = true;
  console.log(`${text} (${limit}: ${isKept ? "kept" : "MISSED"})`);
}

function median(numbers) {
  const sorted = numbers.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}
