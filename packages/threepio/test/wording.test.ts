// What 3pio says names what it did: reading, writing and starting are different words, each with its object and the cause.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { described, execute, lastRun, PROGRAM, SYNTHETIC, threepio, workFolder } from "./support/threepio.ts";

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), "../..");
const REPORTERS = join(PACKAGE, "dist/reporters");
const hasPython = spawnSync("python3", ["--version"]).status === 0;
const hasTrace = spawnSync("strace", ["-V"]).status === 0;

/** What a message can say was done. A message has one of them. */
const ACTIONS = new Map([
  ["read", /\b(?:not |cannot )?read\b/],
  ["write", /\b(?:not |cannot )?(?:write|written)\b/],
  ["create", /\bcreate\b/],
  ["start", /\bstart\b/],
]);

/** Words of queues and sockets, which 3pio does not have, and words that do not say what happened. */
const MEANINGLESS =
  /\b(?:send|sent|sending|emit(?:s|ted)?|enqueued?|dequeued?|publish(?:ed)?|dispatch(?:ed)?|oops|something went wrong|unknown error|an error occurred|failed to)\b/i;

interface Situation {
  readonly name: string;
  readonly args: readonly string[];
  readonly prepare?: (cwd: string) => void;
  readonly action: string;
  /** What it was done to, and why it could not be. */
  readonly says: RegExp;
  /** The command's own exit code stays. */
  readonly status: number;
}

const inEvents = (script: string): readonly string[] => ["bash", "-c", `cd "$THREEPIO_EVENTS"; ${script}; exit 6`];
const aRun = (cwd: string): void => {
  assert.equal(spawnSync(process.execPath, [PROGRAM, "true"], { cwd }).status, 0);
};

const SITUATIONS: readonly Situation[] = [
  {
    name: "a segment that cannot be read",
    args: inEvents("mkdir there.jsonl"),
    action: "read",
    says: /could not read the journal: .*there\.jsonl.*directory/,
    status: 6,
  },
  {
    name: "a report that cannot be written",
    args: inEvents("mkdir -p ../test-run.md/in-the-way"),
    action: "write",
    says: /could not write the reports: .*test-run\.md.*directory/,
    status: 6,
  },
  {
    name: "a requested report that cannot be written",
    args: ["run", "--report", "junit=nowhere/out.xml", "bash", "-c", "exit 6"],
    prepare: (cwd) => writeFileSync(join(cwd, "nowhere"), "a file stands in the way"),
    action: "write",
    says: /could not write the report .*nowhere\/out\.xml: .*nowhere.*exists/,
    status: 6,
  },
  {
    name: "JUnit XML that is not there",
    args: ["run", "--junit", "out.xml", "bash", "-c", "exit 6"],
    action: "write",
    says: /the command has written no JUnit XML at out\.xml/,
    status: 6,
  },
  {
    name: "no place for the run",
    args: ["bash", "-c", "exit 6"],
    prepare: (cwd) => writeFileSync(join(cwd, ".3pio"), "a file stands in the way"),
    action: "create",
    says: /cannot create .*\.3pio\/runs: .*; this run goes to .* instead/,
    status: 6,
  },
  {
    name: "a command that is not there",
    args: ["there-is-no-such-program"],
    action: "start",
    says: /cannot start there-is-no-such-program: there is no such program on the PATH/,
    status: 127,
  },
  {
    name: "a segment that cannot be read any more",
    args: ["rebuild"],
    prepare: (cwd) => {
      aRun(cwd);
      mkdirSync(join(lastRun(cwd), "events/there.jsonl"));
    },
    action: "read",
    says: /cannot read .*there\.jsonl: .*directory/,
    status: 4,
  },
];

for (const { name, args, prepare, action, says, status } of SITUATIONS) {
  test(`${name}: said, once, in the word for it`, { timeout: 60_000 }, async (context) => {
    const cwd = workFolder(context);
    prepare?.(cwd);
    const outcome = await threepio(args, { cwd, env: { TMPDIR: cwd } });
    assert.equal(outcome.status, status, described(outcome));
    const said = outcome.stderr.split("\n").filter((line) => line !== "");
    assert.equal(said.length, 1, described(outcome));
    assert.match(said[0]!, /^3pio: /);
    assert.match(said[0]!, says);
    assertWord(said[0]!, action);
  });
}

test(
  "what is written and what is read are told apart in the journal's account",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    const whole = await threepio([process.execPath, SYNTHETIC, "100", "2", "1"], { cwd });
    assert.match(whole.stdout, /^journal whole: 3 writers, (\d+) written = \1 read, 0 bad lines$/m, described(whole));
    const events = join(lastRun(cwd), "events");
    const name = readdirSync(events).find((file) => !file.startsWith("3pio"))!;
    const lines = readFileSync(join(events, name), "utf8").split("\n");
    writeFileSync(join(events, name), [...lines.slice(0, 5), lines[5]!.slice(0, 20), ...lines.slice(6)].join("\n"));
    const damaged = await threepio(["verify"], { cwd });
    assert.equal(damaged.status, 3, described(damaged));
    assert.match(
      damaged.stdout,
      /^journal NOT WHOLE: 3 writers, \d+ written but \d+ read, 1 bad line$/m,
      described(damaged),
    );
    assert.doesNotMatch(damaged.stdout, MEANINGLESS);
  },
);

test(
  "a failed sync is said, and counted (the system says it once, and it was passed over)",
  { skip: hasTrace ? false : "there is no strace", timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    const program = `
      import { JournalWriter } from ${JSON.stringify(join(PACKAGE, "dist/src/journal/writer.js"))};
      const writer = new JournalWriter("events", "run", "w", { onFailure: (message) => console.error("3pio: " + message) });
      const until = Date.now() + 1200;
      for (let at = 0; at < 1500; at++) writer.write({ type: "collected", count: at });
      while (Date.now() < until);
      writer.write({ type: "collected", count: 1500 });
      setTimeout(() => writer.close(), 300);`;
    const inject = ["-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=1"];
    const command = ["strace", "-f", "-o", "trace", ...inject, process.execPath, "--input-type=module", "-e", program];
    const outcome = await execute(command, { cwd });
    assert.match(outcome.stderr, /^3pio: cannot write .*w\.jsonl: .*EIO/m, described(outcome));
    const bye = readFileSync(join(cwd, "events/w.jsonl"), "utf8").trimEnd().split("\n").at(-1)!;
    assert.equal((JSON.parse(bye) as { readonly failures: number }).failures, 1, bye);
  },
);

test(
  "the plugin of pytest says what could not be written in the same words",
  { skip: hasPython ? false : "there is no python3", timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    const program = `import sys
sys.path.insert(0, ${JSON.stringify(REPORTERS)})
from threepio_segment import Segment
Segment("/nowhere/events", "run", "interval").write('"type":"collected","count":1')`;
    const outcome = await execute(["python3", "-c", program], { cwd });
    assert.match(
      outcome.stderr,
      /^3pio: cannot write \/nowhere\/events\/.*: .*No such file or directory.*; the tests go on, but their report will not be complete$/m,
      described(outcome),
    );
    assertWord(outcome.stderr, "write");
  },
);

test("no text of the sources has a word that says nothing of what happened", { timeout: 60_000 }, () => {
  const files = ["src", "python"].flatMap((folder) =>
    readdirSync(join(PACKAGE, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(?:ts|py)$/.test(name))
      .map((name) => join(PACKAGE, folder, name)),
  );
  const texts = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/(["'`])((?:(?!\1)[^\\\n]|\\.)*)\1/g)]
      .map(([, , text]) => text!)
      // Sentences: names of events and properties of others are not ours to choose.
      .filter((text) => /\w \w+ \w/.test(text))
      .map((text) => ({ file, text })),
  );
  assert.ok(texts.length > 300, `${texts.length} texts`);
  assert.deepEqual(
    texts.filter(({ text }) => MEANINGLESS.test(text)),
    [],
  );
});

/** Of what was done; the cause, behind it, may be another action. */
function assertWord(message: string, action: string): void {
  const [, clause] = /^3pio: (.*?)(?:: |$)/.exec(message) ?? assert.fail(message);
  const found = [...ACTIONS].filter(([, pattern]) => pattern.test(clause!)).map(([name]) => name);
  assert.deepEqual(found, [action], message);
  assert.doesNotMatch(message, MEANINGLESS);
}
