// Samples the memory of a pipeline's processes together: what the kernel's proportional set sizes (PSS) would be in sum if nothing but the
// pipeline ran. PSS itself gets smaller with every other process of the same program on the machine, the one that measures included.
import { existsSync, readFileSync, readlinkSync } from "node:fs";

/** How often, at most: the kernel takes the longer, the more memory a process has. */
const INTERVAL_MS = 10;
const MOST_OF_TIME = 0.1;

/**
 * Samples what the programs that the metered shell `shell` (a process id) runs have in sum, until `stop` is called, which answers the
 * highest sum in MiB; undefined where the system does not tell (/proc/PID/smaps_rollup: Linux since 4.14). The shell's own children are
 * meters and the sink, and are not counted.
 */
export function sampleProportional(shell) {
  if (!existsSync("/proc/self/smaps_rollup")) return { stop: () => undefined };
  let mostKib = 0;
  let timer;
  const sample = () => {
    const start = performance.now();
    mostKib = Math.max(mostKib, sumKib(childrenOf(shell).flatMap(childrenOf).flatMap(withDescendants)));
    timer = setTimeout(sample, Math.max(INTERVAL_MS, (performance.now() - start) / MOST_OF_TIME));
  };
  sample();
  return {
    stop() {
      clearTimeout(timer);
      return mostKib === 0 ? undefined : mostKib / 1024;
    },
  };
}

/** The private pages of all, and for each program the shared pages of the process that has the most: they are the same pages in all. */
function sumKib(processes) {
  let privateKib = 0;
  const sharedKib = new Map();
  for (const process of processes) {
    const rollup = textOf(`/proc/${process}/smaps_rollup`);
    const kib = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(rollup)?.[1] ?? 0);
    const shared = kib("Shared_Clean") + kib("Shared_Dirty");
    privateKib += kib("Rss") - shared;
    const program = programOf(process);
    sharedKib.set(program, Math.max(shared, sharedKib.get(program) ?? 0));
  }
  return [...sharedKib.values()].reduce((total, kib) => total + kib, privateKib);
}

function withDescendants(process) {
  return [process, ...childrenOf(process).flatMap(withDescendants)];
}

function childrenOf(process) {
  return textOf(`/proc/${process}/task/${process}/children`).split(" ").filter(Boolean);
}

/** Like textOf, nothing when the process has ended. */
function programOf(process) {
  try {
    return readlinkSync(`/proc/${process}/exe`);
  } catch {
    return "";
  }
}

function textOf(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
