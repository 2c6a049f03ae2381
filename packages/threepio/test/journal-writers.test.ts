// What both writers promise that run inside other people's test runners: ours for Node, and pytest's.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { described, execute, workFolder } from "./support/threepio.ts";

const DIST = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Each takes the name of a scenario, and does it in its working folder. */
const NODE = `
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { JournalWriter } from ${JSON.stringify(join(DIST, "src/journal/writer.js"))};
const path = "events/w.jsonl";
const open = () => new JournalWriter("events", "run", "w", { durability: process.argv[2], onFailure: (message) => console.error(message) });
const event = (writer, index) => writer.write({ type: "collected", count: index });
const moveAway = () => { renameSync(path, "events/moved.jsonl"); writeFileSync(path, ""); };
const block = () => mkdirSync(path, { recursive: true });
const unblock = () => rmSync(path, { recursive: true });
`;
const PYTHON = `
import os, sys
sys.path.insert(0, ${JSON.stringify(join(DIST, "reporters"))})
from threepio_segment import Segment
os.makedirs("events")
writer = Segment(os.path.abspath("events"), "run", sys.argv[1])
path = writer.path
def event(index): writer.write('"type":"collected","count":%d' % index)
`;
const SCENARIOS = {
  moved: {
    node: `const writer = open(); event(writer, 0); moveAway(); event(writer, 1); writer.close();`,
    python: `event(0); os.rename(path, "events/moved.jsonl"); open(path, "w").close(); event(1); writer.close()`,
  },
  blocked: {
    node: `block(); const writer = open(); event(writer, 0); event(writer, 1); unblock(); event(writer, 2); writer.close();`,
    python: `os.mkdir(path); event(0); event(1); os.rmdir(path); event(2); writer.close()`,
  },
  many: {
    node: `const writer = open(); for (let at = 0; at < 50; at++) event(writer, at); writer.close();`,
    python: `for at in range(50): event(at)\nwriter.close()`,
  },
} as const;

const hasPython = spawnSync("python3", ["--version"]).status === 0;
const hasTrace = spawnSync("strace", ["-V"]).status === 0;
const LANGUAGES = [
  { language: "node", skip: false },
  { language: "python", skip: hasPython ? false : "there is no python3" },
] as const;

type Language = (typeof LANGUAGES)[number]["language"];

function program(language: Language, scenario: keyof typeof SCENARIOS, durability: string): string[] {
  const { node, python } = SCENARIOS[scenario];
  return language === "node"
    ? [process.execPath, "--input-type=module", "-e", NODE + node, "x", durability]
    : ["python3", "-c", PYTHON + python, durability];
}

interface Line {
  readonly seq: number;
  readonly type: string;
  readonly count: number;
  readonly failures?: number;
}

function linesOf(folder: string, isWanted: (name: string) => boolean): readonly Line[] {
  const names = readdirSync(folder).filter(isWanted);
  return names.flatMap((name) =>
    readFileSync(join(folder, name), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Line),
  );
}

for (const { language, skip } of LANGUAGES) {
  test(
    `${language}: the segment is opened once; a file that takes its name gets nothing`,
    { skip, timeout: 60_000 },
    async (context) => {
      const cwd = workFolder(context);
      const outcome = await execute(program(language, "moved", "interval"), { cwd });
      assert.equal(outcome.status, 0, described(outcome));
      const moved = linesOf(join(cwd, "events"), (name) => name === "moved.jsonl");
      assert.deepEqual(
        moved.map(({ type }) => type),
        ["collected", "collected", "bye"],
        described(outcome),
      );
      assert.deepEqual(
        linesOf(join(cwd, "events"), (name) => name !== "moved.jsonl"),
        [],
      );
    },
  );

  test(
    `${language}: what cannot be written is said once and counted, and the next event tries anew`,
    { skip, timeout: 60_000 },
    async (context) => {
      const cwd = workFolder(context);
      const outcome = await execute(program(language, "blocked", "interval"), { cwd });
      assert.equal(outcome.status, 0, described(outcome));
      assert.equal(outcome.stderr.match(/cannot write /g)?.length, 1, described(outcome));
      const lines = linesOf(join(cwd, "events"), () => true);
      assert.deepEqual(
        lines.map(({ seq, type, count, failures }) => ({ seq, type, count, failures })),
        [
          { seq: 2, type: "collected", count: 2, failures: undefined },
          { seq: 3, type: "bye", count: 3, failures: 2 },
        ],
      );
    },
  );

  const noTrace = skip === false ? (hasTrace ? false : "there is no strace") : skip;
  test(
    `${language}: durability is what it says: each event synced, or none, and one write an event`,
    { skip: noTrace, timeout: 60_000 },
    async (context) => {
      for (const [durability, syncs] of [
        // Each of 50 and the last line; and once more when it is closed.
        ["event", 52],
        ["end", 1],
        ["none", 0],
      ] as const) {
        const cwd = workFolder(context);
        const trace = ["strace", "-f", "-o", "trace", "-e", "trace=fdatasync,fsync,write,openat"];
        const outcome = await execute([...trace, ...program(language, "many", durability)], { cwd });
        assert.equal(outcome.status, 0, described(outcome));
        const calls = readFileSync(join(cwd, "trace"), "utf8").split("\n");
        const having = (pattern: RegExp): number => calls.filter((call) => pattern.test(call)).length;
        assert.equal(having(/\bf(?:data)?sync\(/), syncs, durability);
        assert.equal(having(/\bwrite\(\d+, "\{\\"v\\":/), 51, "a write for each event");
        assert.equal(having(/\bopenat\(.*\.jsonl"/), 1, "opened once");
      }
    },
  );
}
