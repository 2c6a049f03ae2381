// Measures the peak memory of every streaming stage, at a small input and at a very large one, which is made while it is read.
// See README.md beside this file.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { makeData } from "./data.mjs";
import { findMeter, runPipeline } from "./measure.mjs";
import { goalLine, machineLine, publishSection } from "./publish.mjs";

const USAGE = `usage: node bench/memory.mjs [options]

  --sizes A,B      megabytes of input (10,10000)
  --only A,B       only these stages, by number from 1
  --backend NAME   JN_BACKEND: node is the TypeScript backend alone
  --publish FILE   also put the table into this Markdown file
  --check          exit 1 when the goal is missed
`;
const FEED = fileURLToPath(new URL("feed.mjs", import.meta.url));
const JN = fileURLToPath(new URL("../packages/jn/dist/bin/jn.cjs", import.meta.url));
const MOST_MB = 60;
/** Heaps are collected when they please: this much more is called equal. */
const MOST_GROWTH = 1.1;
/** The file that is repeated, in MB. */
const BLOCK_MB = 10;
/** More than there are records. */
const MANY = "1000000000000";

/** What each stage reads on its standard input, and its words. */
const STAGES = [
  { input: "people.csv", words: ["cat", "-~csv"] },
  { input: "people.ndjson", words: ["cat"] },
  { input: "people.ndjson", words: ["filter", ".score > 90"] },
  { input: "people.ndjson", words: ["filter", "{id, email, score}"] },
  { input: "events.ndjson", words: ["filter", "{login: .actor.login, type}"] },
  { input: "people.ndjson", words: ["put", "-~csv"] },
  { input: "people.ndjson", words: ["put", "-~json"] },
  { input: "people.ndjson", words: ["head", "-n", MANY] },
  { input: "people.ndjson", words: ["group", "--by", "country", "--agg", "n: count, total: sum(.score)"] },
  { input: "people.csv", words: ["run", "cat -~csv | filter '.score > 90' | put -~json"] },
];

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "10,10000" },
    only: { type: "string" },
    backend: { type: "string" },
    data: { type: "string", default: fileURLToPath(new URL(".data", import.meta.url)) },
    publish: { type: "string" },
    check: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const sizes = values.sizes.split(",").map(Number);
if (!sizes.every((size) => size > 0)) refuse(`--sizes takes numbers of MB above 0, not "${values.sizes}"`);
const wanted = values.only?.split(",").map((number) => STAGES[Number(number) - 1]) ?? STAGES;
if (wanted.includes(undefined)) refuse(`--only takes numbers from 1 to ${STAGES.length}, not "${values.only}"`);
if (values.only !== undefined && values.publish !== undefined) refuse("a table of some stages is not published");
const meter = findMeter();
if (meter === undefined) throw new Error("memory cannot be measured: neither GNU time nor python3 is here");
const paths = makeData(values.data, BLOCK_MB);
const scratch = mkdtempSync(join(tmpdir(), "jn-memory-"));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));

const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;
const env = values.backend === undefined ? environment : { ...environment, JN_BACKEND: values.backend };
console.log(machineLine());
const rows = [];
for (const stage of wanted) {
  const row = { command: commandText(stage), input: stage.input, measured: [] };
  for (const megabytes of sizes) row.measured.push(await measure(stage, megabytes));
  console.log(`${row.command}: ${row.measured.map(cellText).join("; ")}`);
  rows.push(row);
}

const highest = Math.max(...rows.flatMap(({ measured }) => measured.map(({ peakMb }) => peakMb)));
const growth = Math.max(...rows.map(({ measured }) => measured.at(-1).peakMb / measured[0].peakMb));
const goals = [
  [`at most ${MOST_MB} MB`, `${highest.toFixed(1)} MB`, highest <= MOST_MB],
  [
    `at ${sizeText(sizes.at(-1))} at most ${MOST_GROWTH} x that at ${sizeText(sizes[0])}`,
    growth.toFixed(2),
    growth <= MOST_GROWTH,
  ],
];
for (const goal of goals) console.log(goalLine(...goal));
if (values.publish !== undefined) {
  const suffix = values.backend === undefined ? "" : `, with JN_BACKEND=${values.backend}`;
  publishSection(values.publish, values.backend === undefined ? "memory" : `memory-${values.backend}`, [
    `## Peak memory of streaming stages${suffix}`,
    "",
    `${machineLine()}; one run each. Input is made while it is read, by repeating the ${BLOCK_MB} MB that the other tables have, and comes through a pipe. MB are 1 000 000 bytes.`,
    "",
    ...goals.map((goal) => goalLine(...goal)),
    "",
    `| command | reads | ${sizes.map((size) => `peak MB at ${sizeText(size)}`).join(" | ")} |`,
    `| --- | --- | ${sizes.map(() => "--:").join(" | ")} |`,
    ...rows.map(
      ({ command, input, measured }) =>
        `| ${[`\`${command.replaceAll("|", "\\|")}\``, input, ...measured.map(({ peakMb }) => peakMb.toFixed(1))].join(" | ")} |`,
    ),
  ]);
}
if (values.check && goals.some(([, , reached]) => !reached)) process.exitCode = 1;

function refuse(why) {
  process.stderr.write(`${why}\n\n${USAGE}`);
  process.exit(2);
}

async function measure({ input, words }, megabytes) {
  const feed = [
    process.execPath,
    FEED,
    paths[input],
    String(megabytes * 1e6),
    ...(input.endsWith(".csv") ? ["--header"] : []),
  ];
  const stages = [{ argv: feed }, { argv: [process.execPath, JN, ...words] }];
  const { seconds, processes, stderr, timedOut } = await runPipeline(stages, { scratch, meter, env });
  if (timedOut || processes.some(({ exit }) => exit !== 0)) throw new Error(`jn ${words.join(" ")} failed: ${stderr}`);
  return { megabytes, peakMb: (processes[1].peakMib * 2 ** 20) / 1e6, megabytesPerSecond: megabytes / seconds };
}

function commandText({ words }) {
  return [
    "jn",
    ...words.map((word) => (/^[\w.~-]+$/.test(word) ? word : word.includes("'") ? `"${word}"` : `'${word}'`)),
  ].join(" ");
}

function cellText({ megabytes, peakMb, megabytesPerSecond }) {
  return `${sizeText(megabytes)} ${peakMb.toFixed(1)} MB (${megabytesPerSecond.toFixed(0)} MB/s)`;
}

function sizeText(megabytes) {
  return megabytes >= 1000 ? `${megabytes / 1000} GB` : `${megabytes} MB`;
}
