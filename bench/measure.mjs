// Runs a pipeline of processes and says what it took: wall time, and the processor time and peak memory of every stage.
//
// The shell makes the pipes, so that they are kernel pipes (a pipe made by Node is a socket). A *meter* wraps each stage and
// asks the kernel, by wait4, what that one process took.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { sampleProportional } from "./proportional.mjs";

const TIME = "/usr/bin/time";
const TIME_FORMAT = ["-f", "%x %U %S %M"];
/** What takes longer is stopped, unless `mostSeconds` says otherwise. */
const MOST_SECONDS = 900;

/** GNU time where there is one, else Python's resource module, else undefined (then only wall time is known). */
export function findMeter() {
  const time = existsSync(TIME) ? spawnSync(TIME, [...TIME_FORMAT, "true"], { encoding: "utf8" }) : undefined;
  if (/^0 [\d.]+ [\d.]+ \d+$/.test(time?.stderr.trim() ?? "")) {
    return { name: "GNU time", wrap: (argv, file) => [TIME, ...TIME_FORMAT, "-o", file, ...argv] };
  }
  // The interpreter itself: what is on the path may be a script in front of it, whose children would be counted.
  const python = spawnSync("python3", ["-c", "import resource, sys; print(sys.executable)"], { encoding: "utf8" });
  if (python.status === 0) {
    const interpreter = python.stdout.trim();
    return {
      name: "python3 resource.getrusage",
      wrap: (argv, file) => [interpreter, "-S", "-c", PYTHON_METER, file, ...argv],
    };
  }
  return undefined;
}

const PYTHON_METER = `
import resource, subprocess, sys
code = subprocess.Popen(sys.argv[2:]).wait()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
peak = used.ru_maxrss // 1024 if sys.platform == "darwin" else used.ru_maxrss
with open(sys.argv[1], "w") as file:
    if code < 0: file.write("terminated by signal %d\\n" % -code)
    file.write("%d %f %f %d\\n" % (max(code, 0), used.ru_utime, used.ru_stime, peak))
sys.exit(code if code >= 0 else 128 - code)
`;

/**
 * Runs `stages` (each `{ argv, stdin? }`) connected by pipes, with the last one's output through a pipe to `cat > sink`.
 * Without a meter, `processes` is empty. `sampled`: with a meter, `proportionalMib` is the highest sum of their proportional memory.
 */
export async function runPipeline(
  stages,
  { scratch, sink = "/dev/null", meter, env, sampled = false, mostSeconds = MOST_SECONDS },
) {
  const fileOf = (index, kind) => join(scratch, `${index}.${kind}`);
  const parts = stages.map(({ argv, stdin }, index) => {
    const metered = meter === undefined ? argv : meter.wrap(argv, fileOf(index, "meter"));
    const input = stdin === undefined ? "" : ` < ${quoted(stdin)}`;
    return `${metered.map(quoted).join(" ")}${input} 2> ${quoted(fileOf(index, "err"))}`;
  });
  parts.push(`cat > ${quoted(sink)}`);
  stages.forEach((_, index) => rmSync(fileOf(index, "meter"), { force: true }));
  const sample = sampled && meter !== undefined ? sampleProportional : undefined;
  const { seconds, timedOut, proportionalMib } = await timeShell(parts.join(" | "), { env, mostSeconds, sample });
  return {
    seconds,
    timedOut,
    proportionalMib,
    processes: meter === undefined ? [] : stages.map((_, index) => readMeter(fileOf(index, "meter"))),
    stderr: stages.map((_, index) => lastLine(fileOf(index, "err"))).find((line) => line !== "") ?? "",
  };
}

/** In its own process group, so that nothing outlives this process or the time limit. */
function timeShell(line, { env, mostSeconds, sample }) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn("sh", ["-c", line], { env, stdio: "ignore", detached: true });
    const sampler = child.pid === undefined ? undefined : sample?.(child.pid);
    const stop = () => child.pid !== undefined && process.kill(-child.pid, "SIGKILL");
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      stop();
    }, mostSeconds * 1000);
    process.once("exit", stop);
    const settle = () => {
      clearTimeout(timer);
      process.off("exit", stop);
    };
    child.once("error", (cause) => {
      sampler?.stop();
      settle();
      reject(new Error("the shell could not be started", { cause }));
    });
    child.once("exit", () => {
      const seconds = (performance.now() - started) / 1000;
      const proportionalMib = sampler?.stop();
      settle();
      resolve({ seconds, timedOut, proportionalMib });
    });
  });
}

/** The figures are on the last line; a line about a signal or an exit code may come before it. */
function readMeter(file) {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const figures = /(\d+) ([\d.]+) ([\d.]+) (\d+)\s*$/.exec(text);
  if (figures === null) return { exit: "unknown", cpuSeconds: 0, peakMib: 0 };
  const signal = /terminated by signal (\d+)/.exec(text);
  return {
    exit: signal === null ? Number(figures[1]) : 128 + Number(signal[1]),
    cpuSeconds: Number(figures[2]) + Number(figures[3]),
    peakMib: Number(figures[4]) / 1024,
  };
}

function lastLine(file) {
  return existsSync(file) ? (readFileSync(file, "utf8").trim().split("\n").at(-1) ?? "") : "";
}

function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
