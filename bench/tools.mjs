// Finds the programs that jobs.mjs names: ours, the limits, and whichever peers the machine has.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PEERS = [
  "jq",
  "gojq",
  "jaq",
  "mlr",
  "duckdb",
  "clickhouse",
  "sqlite3",
  "qsv",
  "xsv",
  "csvjson",
  "csvgrep",
  "nu",
  "gawk",
  "goawk",
  "mawk",
];
/** How to ask for the version of what has no --version. */
const VERSION_WORDS = new Map([
  ["mawk", "-Wversion"],
  ["goawk", "-version"],
]);
/** Other names under which a peer may be installed: qsv made without its slowest parts. */
const OTHER_NAMES = new Map([["qsv", "qsvlite"]]);

/** Libraries of Python that are peers: the module, what says its version, and the file beside this one that runs them. */
const PYTHON_PEERS = [
  { name: "polars", module: "polars", version: "polars.__version__", file: "polars-job.py" },
  { name: "duckdb", module: "duckdb", version: "duckdb.__version__", file: "duckdb-job.py" },
  { name: "clickhouse", module: "chdb", version: "chdb.engine_version", file: "clickhouse-job.py" },
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
    const found = [name, OTHER_NAMES.get(name)].filter(Boolean).map((program) => [program, versionOf(program)]);
    const [program, version] = found.find(([, known]) => known !== undefined) ?? [];
    if (version === undefined) {
      missing.push(name);
      continue;
    }
    programs.set(name, [program]);
    versions[name] = version;
  }
  for (const { name, module, version, file } of PYTHON_PEERS) {
    if (programs.has(name)) continue;
    const print = `import ${module}; print(${version})`;
    const { status, stdout } = spawnSync("python3", ["-c", print], { encoding: "utf8" });
    if (status === 0) {
      programs.set(name, ["python3", fileURLToPath(new URL(file, import.meta.url))]);
      versions[name] = `${stdout.trim()} (Python)`;
      if (missing.includes(name)) missing.splice(missing.indexOf(name), 1);
    } else if (!missing.includes(name)) missing.push(name);
  }
  return { programs, versions, missing };
}

/** What a program calls itself, or undefined when it is not on the path. */
function versionOf(program) {
  const words = [VERSION_WORDS.get(program) ?? "--version"];
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: "utf8" });
  if (status !== 0) return undefined;
  return `${stdout}${stderr}`.match(/v?\d+(\.\d+)+/)?.[0].replace(/^v/, "") ?? "unknown version";
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
