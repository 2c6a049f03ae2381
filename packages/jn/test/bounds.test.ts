// The memory of every command: that of a small input, and what it says that it holds.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { COMMAND_NAMES } from "../src/commands/registry.ts";
import { folderWith } from "./support/jn.ts";
import { peakIn } from "./support/peak.ts";

const HEAVY = process.env["JN_TEST_HEAVY"] === "1";
const WANTED = process.env["JN_TEST_COMMANDS"]?.split(",");
const LITTLE = 10e6;
const MUCH = Number(process.env["JN_TEST_BYTES"] ?? 1e9);
const GENERATE = fileURLToPath(new URL("support/generate.js", import.meta.url));
const MEBIBYTE = 1024 * 1024;
/** How much more than for a hundredth of the input. What the collector of the engine leaves lying about is not ours. */
const SLACK_BYTES = 8 * MEBIBYTE;

interface Bound {
  /** What is watched; NDJSON comes in, or it reads so many BYTES itself. */
  readonly command: string;
  /** What it says that it may hold besides, in bytes. */
  readonly holds?: number;
}

const SCHEMA = '{"type":"object","required":["id"],"properties":{"id":{"type":"integer"},"name":{"type":"string"}}}';

/** Each command that records go through, in all the ways in which it holds different things. */
const BOUNDS: ReadonlyMap<string, readonly Bound[]> = new Map([
  ["cat", [{ command: "cat" }, { command: "cat --meta" }]],
  ["filter", [{ command: "filter '.x > 10'" }, { command: "filter '{x, id}'" }]],
  [
    "put",
    [{ command: "put out.json" }, { command: "put 'out.csv?columns=id,name'" }, { command: "put --union out.csv" }],
  ],
  ["head", [{ command: "head -n 1G" }]],
  ["tail", [{ command: "tail -n 1000" }]],
  ["sort", [{ command: "sort --by name --memory 16M", holds: 16 * MEBIBYTE }]],
  [
    "uniq",
    [
      { command: "uniq --by name --memory 16M", holds: 16 * MEBIBYTE },
      { command: "uniq --by x" },
      { command: "uniq --adjacent" },
    ],
  ],
  [
    "group",
    [
      // A hundred groups, each with a sketch of 16 KiB for distinct values and one for quantiles that fills up.
      { command: "group --by x --agg 'count, sum(id), distinct(name), p95(id)'", holds: 100 * 32768 },
      { command: "group --by name --memory 16M", holds: 16 * MEBIBYTE },
    ],
  ],
  ["join", [{ command: "join some.ndjson --on x" }]],
  ["merge", [{ command: "merge -:label=a" }]],
  ["tee", [{ command: "tee out.ndjson out.csv" }]],
  // 64 KiB a file, as it says.
  [
    "split",
    [{ command: "split --by x 'part-{}.csv'" }, { command: "split -n 50000 'part-{}.csv'", holds: 500 * 65536 }],
  ],
  ["sample", [{ command: "sample -n 1000" }, { command: "sample --rate 0.01" }]],
  ["assert", [{ command: "assert '.x >= 0'" }, { command: "assert --schema schema.json" }]],
  ["analyze", [{ command: "analyze" }]],
  ["inspect", [{ command: "inspect -n 0" }]],
  ["edit", [{ command: "edit .city=Rome --delete .x" }]],
  [
    "window",
    [
      { command: "window --size 1000 --agg 'avg(x)'" },
      { command: "window --size 100000 --every 10000 --agg 'avg(x), p95(x)'" },
    ],
  ],
  ["sh", [{ command: `sh --format ndjson "$NODE" '${GENERATE}' ndjson BYTES` }]],
  ["table", [{ command: "table" }]],
  [
    "run",
    [
      { command: "run 'cat - | filter .x | put out.json'" },
      { command: "run --processes each 'cat - | filter .x | put out.json'" },
    ],
  ],
]);

/** What no records go through. */
const OTHERS: ReadonlySet<string> = new Set(["completion", "plugin", "profile", "top"]);

test("there is a bound for every command", () => {
  assert.deepEqual(
    COMMAND_NAMES.filter((name) => !BOUNDS.has(name) && !OTHERS.has(name)),
    [],
  );
  assert.deepEqual(
    [...BOUNDS.keys(), ...OTHERS].filter((name) => !COMMAND_NAMES.includes(name)),
    [],
  );
});

describe(
  `memory with ${LITTLE / 1e6} and ${MUCH / 1e6} MB`,
  { skip: HEAVY ? false : "JN_TEST_HEAVY=1 runs it", timeout: 7_200_000 },
  () => {
    for (const [name, bounds] of BOUNDS) {
      if (WANTED?.includes(name) === false) continue;
      for (const { command, holds = 0 } of bounds) {
        test(`jn ${command}`, async (context) => {
          const peak = async (bytes: number): Promise<number> => {
            const cwd = folderWith(context, {
              "schema.json": SCHEMA,
              "some.ndjson": '{"x":1,"y":1}\n{"x":50,"y":2}\n',
            });
            const input = `mkfifo input; "$NODE" '${GENERATE}' ndjson ${bytes} > input & `;
            return await peakIn(
              cwd,
              `${input} watched ${command.replace("BYTES", String(bytes))} < input; s=$?; rm -rf part-* out.*; exit $s`,
            );
          };
          const [little, much] = [await peak(LITTLE), await peak(MUCH)];
          const growth = much - little;
          context.diagnostic(
            `${Math.round(little / MEBIBYTE)}, then ${Math.round(much / MEBIBYTE)} MiB: ${(growth / MEBIBYTE).toFixed(1)} more`,
          );
          assert.ok(growth < holds + SLACK_BYTES, `${little} bytes, then ${much}`);
        });
      }
    }
  },
);
