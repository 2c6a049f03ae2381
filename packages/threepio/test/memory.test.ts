import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { described, PROGRAM, SYNTHETIC, threepio } from "./support/threepio.ts";

const isHeavy = process.env["JN_TEST_HEAVY"] === "1";
const [FEW, MANY] = [1000, 2_000_000];
/** What few tests do not fill, MiB: the index's entries and buffers, and the heap's garbage between two collections. */
const SLACK = 16;

const COMMANDS: readonly (readonly string[])[] = [
  ["list"],
  ["show"],
  ["show", "TEST"],
  ["output", "TEST"],
  ["failures"],
  ["slowest"],
  ["records", "--full"],
  ["diff", "latest", "latest"],
  ["flaky"],
  ["shard", "--index", "1/2"],
  ["gc", "--dry-run"],
  ["verify"],
  ["rerun", "--failed", "--print"],
  ...["html", "junit", "ctrf", "ndjson", "tap", "github", "github-summary", "markdown"].map((format) => [
    "report",
    "-f",
    format,
  ]),
];

describe(
  `memory for ${FEW} and for ${MANY} tests`,
  { skip: isHeavy ? false : "runs with JN_TEST_HEAVY=1", timeout: 7_200_000 },
  () => {
    const folders = new Map<number, string>();
    before(async () => {
      for (const tests of [FEW, MANY]) {
        const cwd = mkdtempSync(join(tmpdir(), "3pio-test-"));
        folders.set(tests, cwd);
        const run = await threepio([process.execPath, SYNTHETIC, `${tests}`, "4", "1"], { cwd });
        assert.equal(run.status, 0, described(run));
      }
    });
    after(() => {
      for (const folder of folders.values()) rmSync(folder, { recursive: true, force: true });
    });
    for (const command of COMMANDS) {
      test(`3pio ${command.join(" ")}`, async (context) => {
        const few = await peak(folders.get(FEW)!, command);
        const many = await peak(folders.get(MANY)!, command);
        context.diagnostic(`${few} MiB, ${many} MiB`);
        assert.ok(many - few < SLACK, `${few} MiB at ${FEW} tests, ${many} MiB at ${MANY}`);
      });
    }
  },
);

/** The most memory that a command had, MiB. Nobody keeps what it prints. */
async function peak(cwd: string, command: readonly string[]): Promise<number> {
  const [preload, said] = [join(cwd, "peak.cjs"), join(cwd, "peak.txt")];
  writeFileSync(
    preload,
    `process.on("exit", () => require("fs").writeFileSync(${JSON.stringify(said)}, String(process.resourceUsage().maxRSS)));`,
  );
  const args = command.map((word) =>
    word === "TEST" ? "tests/writer-0/folder-0/test_0.py > TestGroup0 > test_something[0-umläut::☃-param]" : word,
  );
  const child = spawn(process.execPath, ["--require", preload, PROGRAM, ...args], { cwd, stdio: "ignore" });
  const [status] = (await once(child, "close")) as [number | null];
  assert.equal(status, 0, `${args.join(" ")} in ${cwd}`);
  return Math.round(Number(readFileSync(said, "utf8")) / 1024);
}
