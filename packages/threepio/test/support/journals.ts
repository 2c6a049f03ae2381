import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Body } from "../../src/journal/event.ts";
import { JournalWriter } from "../../src/journal/writer.ts";

export interface JournalOptions {
  /** Default `20260101T000000-0000`. */
  readonly id?: string;
  /** The command of the run. Default `["tests"]`. */
  readonly command?: readonly string[];
  readonly exitCode?: number;
  /** What git said. */
  readonly tree?: string;
}

/** Writes the journal of a run that is over, by the real writer, and returns the run's folder. */
export function writeJournal(cwd: string, events: readonly Body[], options: JournalOptions = {}): string {
  const { id = "20260101T000000-0000", command = ["tests"], exitCode = 1, tree } = options;
  const folder = join(cwd, ".3pio/runs", id);
  mkdirSync(join(folder, "events"), { recursive: true });
  writeFileSync(join(folder, "output.log"), "what the command printed\n");
  const own = new JournalWriter(join(folder, "events"), id, "3pio");
  own.write({ type: "hello", runner: "3pio", pid: process.pid, cwd });
  own.write({ type: "run.start", command, started: command, cwd, runner: "pytest", streams: [], pid: process.pid });
  const worker = new JournalWriter(join(folder, "events"), id, "pytest-1");
  worker.write({ type: "hello", runner: "pytest", runnerVersion: "9.0.0", pid: 1, cwd });
  for (const event of events) worker.write(event);
  worker.close();
  if (tree !== undefined) own.write({ type: "run.tree", commit: "c0ffee", tree });
  own.write({ type: "run.end", exitCode, ms: 1234 });
  own.close();
  return folder;
}

/** Everything that a name, a message or an output may be, to break what is made of it. */
export const HOSTILE: readonly string[] = [
  "plain",
  "</script><script>document.title='owned'</script>",
  "<img src=x onerror=document.title='owned'>",
  "<!-- <script>",
  "]]>&amp;<![CDATA[",
  "a\tb\nc\rd",
  "\u001b[31mred\u001b[0m\u0007",
  "null \u0000 byte",
  "lone \ud800 half",
  "\u202egnp.exe",
  "# SKIP # TODO \\",
  "%0A::error::x,y:z%",
  "`` ` ``` |",
  "\u2028\u2029\ufffe",
  "javascript:alert(1)",
  "\"quotes\" 'single' `ticks`",
  "日本語 ☃ 😀",
  "x".repeat(5000),
];

/** A run with every status, retries, parts, errors outside of tests, and all of `HOSTILE` as names, messages and output. */
export function hostileEvents(): readonly Body[] {
  const statuses = ["pass", "fail", "error", "skip", "todo", "xfail", "xpass"] as const;
  const events: Body[] = [];
  for (const [index, text] of HOSTILE.entries()) {
    const path = [`tests/${index % 3 === 0 ? text : "plain.py"}`, text, text];
    const status = statuses[index % statuses.length]!;
    const isBad = status === "fail" || status === "error";
    events.push({ type: "test.start", path });
    if (index % 5 === 0) events.push({ type: "test.attempt", path, status: "fail", error: { message: text } });
    events.push({
      type: "test.end",
      path,
      status,
      ms: index,
      output: [
        { stream: "stdout", text: `${text}\n` },
        { stream: text, text },
      ],
      ...(isBad
        ? { error: { message: text, stack: `${text}\n  at ${text}`, expected: text, actual: `${text}!` } }
        : {}),
      ...(status === "skip" || status === "xfail" ? { reason: text } : {}),
      file: `tests/${text}`,
      line: index,
    });
  }
  events.push(
    { type: "test.end", path: ["tests/plain.py", "twice"], status: "pass", ms: 1 },
    { type: "test.end", path: ["tests/plain.py", "twice"], status: "fail", ms: 2, error: { message: "the second" } },
    { type: "subtest.end", path: ["tests/plain.py", "twice"], status: "pass" },
    { type: "subtest.end", path: ["tests/plain.py", "twice"], status: "fail", error: { message: "a part" } },
    { type: "group.error", path: ["tests/broken.py"], phase: "import", error: { message: "no module named x" } },
    { type: "test.start", path: ["tests/plain.py", "never ends"] },
  );
  return events;
}
