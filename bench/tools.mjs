// Finds the programs that jobs.mjs names: ours, the limits, and whichever peers the machine has.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PEERS = ["jq", "gojq", "jaq", "mlr", "duckdb", "sqlite3", "qsv", "csvjson", "gawk", "mawk", "nu", "clickhouse"];

/** Libraries of Python that are peers, and the files beside this one that run them. */
const PYTHON_PEERS = [
  ["polars", "polars-job.py"],
  ["duckdb", "duckdb-job.py"],
];

/** `programs`: name -> the words that start it. `versions`: what each peer calls itself. `missing`: peers not on the path. */
export function findTools() {
  const jn = fileURLToPath(new URL("../packages/jn/dist/bin/jn.cjs", import.meta.url));
  const loop = fileURLToPath(new URL("loop.mjs", import.meta.url));
  const programs = new Map([
    ["cat", ["cat"]],
    ["head", ["head"]],
    ["node", [process.execPath]],
    ["loop", [process.execPath, loop]],
  ]);
  if (existsSync(jn)) {
    programs.set("jn", [process.execPath, jn]);
    programs.set("jn-typescript", ["env", "JN_BACKEND=node", process.execPath, jn]);
  }
  const versions = {};
  const missing = [];
  for (const name of PEERS) {
    const { status, stdout, stderr } = spawnSync(name, [name === "mawk" ? "-Wversion" : "--version"], {
      encoding: "utf8",
    });
    if (status !== 0) {
      missing.push(name);
      continue;
    }
    programs.set(name, [name]);
    versions[name] = `${stdout}${stderr}`.match(/v?\d+(\.\d+)+/)?.[0].replace(/^v/, "") ?? "unknown version";
  }
  for (const [name, file] of PYTHON_PEERS) {
    if (programs.has(name)) continue;
    const print = `import ${name}; print(${name}.__version__)`;
    const { status, stdout } = spawnSync("python3", ["-c", print], { encoding: "utf8" });
    if (status === 0) {
      programs.set(name, ["python3", fileURLToPath(new URL(file, import.meta.url))]);
      versions[name] = `${stdout.trim()} (Python)`;
      if (missing.includes(name)) missing.splice(missing.indexOf(name), 1);
    } else if (!missing.includes(name)) missing.push(name);
  }
  return { programs, versions, missing };
}

/** The stages to run for a command, or undefined when a program is not there. */
export function resolveStages(stages, programs) {
  const resolved = stages.map(([name, ...rest]) => {
    const program = programs.get(name);
    const redirect = rest.indexOf("<");
    const args = redirect === -1 ? rest : rest.slice(0, redirect);
    return program && { argv: [...program, ...args], stdin: redirect === -1 ? undefined : rest[redirect + 1] };
  });
  return resolved.includes(undefined) ? undefined : resolved;
}
