// npm start: shows the main job on real data. Three jn processes, joined by kernel pipes, turn ten thousand reported bird
// strikes (CSV) into the costly ones (JSON). Installs and builds first, on a fresh clone.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { backendLine } from "./backend.mjs";
import { build, installIfNeeded, root, script, StepFailed } from "./workspace.mjs";

const INPUT = "node_modules/vega-datasets/data/birdstrikes.csv";
const OUTPUT = "examples/out/costly-bird-strikes.json";
const COLUMNS = ["Flight Date", "Airport Name", "Wildlife Species", "Phase of flight", "Cost Total $"];
const ROWS_SHOWN = 8;

await script(async () => {
  await installIfNeeded();
  await build();
  mkdirSync(dirname(join(root, OUTPUT)), { recursive: true });

  const command = `jn cat ${INPUT} | jn filter '."Cost Total $" > 100000' | jn put ${OUTPUT}`;
  console.log(`\n$ ${command}\n`);
  const start = performance.now();
  shell(command);
  const seconds = (performance.now() - start) / 1000;

  const first = shell(`jn head -n ${ROWS_SHOWN} ${OUTPUT}`).trimEnd().split("\n");
  console.table(
    first.map((line) => JSON.parse(line)),
    COLUMNS,
  );
  console.log(`records in:  ${recordsIn(INPUT)}, from ${INPUT}`);
  console.log(`records out: ${recordsIn(OUTPUT)}, in ${OUTPUT} (the first ${first.length} above)`);
  console.log(`took ${seconds.toFixed(2)} s, the start of three processes included`);
  console.log(await backendLine());
  return 0;
});

/** Every record is one line on its way between commands. */
function recordsIn(file) {
  return Number(shell(`jn cat ${file} | wc -l`)).toLocaleString("en-GB");
}

/** Runs a command line as one would type it, and returns what it prints. A failed stage fails the line. */
function shell(line) {
  const jn = join(root, "packages/jn/dist/bin/jn.cjs");
  const prelude = `set -o pipefail; jn() { "$NODE" "$JN" "$@"; };`;
  const { status, signal, error, stdout } = spawnSync("bash", ["-c", `${prelude} ${line}`], {
    cwd: root,
    env: { ...process.env, NODE: process.execPath, JN: jn },
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  if (error !== undefined) throw new StepFailed(`bash does not start: ${error.message}`);
  if (status !== 0) throw new StepFailed(`${line} ended with ${status ?? signal}`, status ?? 1);
  return stdout;
}
