import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { described, folderWith, JN_PATH, type Outcome, runShell } from "./support/jn.ts";

const HEAVY = process.env["JN_TEST_HEAVY"] === "1";
const STAGES = ["cat", "filter", "head", "put"] as const;
const RECORDS = 20_000;
const IN = `id,x\n${Array.from({ length: RECORDS }, (_, id) => `${id},${id % 7}\n`).join("")}`;
const OUT = `[\n${Array.from({ length: RECORDS }, (_, id) => `{"id":${id},"x":${id % 7}}`).join(",\n")}\n]\n`;
const BEFORE = "what was there before\n";
const PIPELINE = `"$JN" cat in.csv | "$JN" filter '.x >= 0' | "$JN" head -n ${RECORDS} | "$JN" put out.json`;

/** A folder, and the environment in which `jn` runs as it is installed: by its first line, with the Node that runs the tests. */
function place(context: TestContext): {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly marks: () => string[];
} {
  const cwd = folderWith(context, { "in.csv": IN, "out.json": BEFORE });
  const runtime = folderWith(context);
  const path = `${dirname(process.execPath)}${delimiter}${process.env["PATH"]}`;
  const env = { ...process.env, XDG_RUNTIME_DIR: runtime, JN: JN_PATH, PATH: path };
  return { cwd, env, marks: () => readdirSync(runtime).flatMap((folder) => readdirSync(join(runtime, folder))) };
}

function start(
  shell: string,
  command: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): { child: ChildProcess; outcome: Promise<Outcome> } {
  const child = spawn(shell, ["-c", command], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].on("data", (chunk: Buffer) => (texts[name] += chunk.toString()));
  const outcome = (async (): Promise<Outcome> => {
    const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return { command: `${shell} -c ${command}`, cwd, status, signal, ...texts };
  })();
  return { child, outcome };
}

/** The process that is this command of jn by now, among the children of a shell; undefined: it is none yet, or not any more. */
function stageOf(shell: number, command: string): number | undefined {
  const pids = read(`/proc/${shell}/task/${shell}/children`).split(" ").filter(Boolean).map(Number);
  return pids.find((pid) => {
    const words = read(`/proc/${pid}/cmdline`).split("\0");
    return words[words.indexOf(JN_PATH) + 1] === command;
  });
}

/** Whether the shell that `jn` begins in has not yet come to the end of its line. A stage that writes no pipe has no mark to be put. */
function isBeforeFirstLine(pid: number, marks: readonly string[]): boolean {
  const [program = ""] = read(`/proc/${pid}/cmdline`).split("\0");
  return program.endsWith("sh") && !marks.some((name) => name.endsWith(`-${pid}`));
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Numbers from 0 to 1, always the same for a seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shells(): readonly { readonly shell: string; readonly skip: string | false }[] {
  return ["bash", "dash", "zsh"].map((shell) => {
    try {
      execFileSync(shell, ["-c", ":"]);
      return { shell, skip: false };
    } catch {
      return { shell, skip: `there is no ${shell} here` };
    }
  });
}

/** How many runs a shell has, and what makes them other runs: `JN_TEST_RUNS` and `JN_TEST_SEED` take less at a time. */
const RUNS = Number(process.env["JN_TEST_RUNS"] ?? (HEAVY ? 167 : 10));
const SEED = Number(process.env["JN_TEST_SEED"] ?? 0);

for (const { shell, skip } of shells()) {
  test(
    `kill -9 of any stage at any time: the target is unchanged or complete, and the exit code says which (${shell}, ${RUNS} runs)`,
    {
      timeout: HEAVY ? 3_600_000 : 300_000,
      skip: skip !== false ? skip : process.platform !== "linux" && "it reads /proc",
    },
    async (context) => {
      const { cwd, env, marks } = place(context);
      const next = random(shell.length * 1000 + 1 + SEED);
      const target = join(cwd, "out.json");
      const began = performance.now();
      const whole = await start(shell, `${PIPELINE}; exit $?`, cwd, env).outcome;
      const usualMs = performance.now() - began;
      assert.equal(whole.status, 0, described(whole));
      assert.equal(readFileSync(target, "utf8"), OUT);
      const counts = { failed: 0, complete: 0 };
      for (let run = 0; run < RUNS; run++) {
        writeFileSync(target, BEFORE);
        const stage = STAGES[Math.floor(next() * STAGES.length)]!;
        const delayMs = next() * usualMs * 1.1;
        const { child, outcome } = start(shell, `${PIPELINE}; exit $?`, cwd, env);
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        let pid = stageOf(child.pid!, stage);
        // A stage that is to be killed early is killed as soon as it is one: before its first line has run nobody can know of it.
        const isEarly = delayMs < usualMs / 4;
        while ((pid === undefined ? isEarly : isBeforeFirstLine(pid, marks())) && child.exitCode === null) {
          await new Promise((resolve) => setImmediate(resolve));
          pid = stageOf(child.pid!, stage);
        }
        if (pid !== undefined) kill(pid);
        const ended = await outcome;
        const about = `run ${run}, ${stage} killed after ${Math.round(delayMs)} ms: ${pid !== undefined}\n${described(ended)}`;
        const content = readFileSync(target, "utf8");
        assert.ok(content === BEFORE || content === OUT, `the target is neither unchanged nor complete; ${about}`);
        // A put that is killed after the end of its work can only be seen by the shell as killed.
        if (ended.status === 0) assert.equal(content, OUT, about);
        else if (stage !== "put") assert.equal(content, BEFORE, about);
        if (pid === undefined) assert.equal(ended.status, 0, about);
        if (ended.status !== 0) assert.equal(ended.status, 137, about);
        counts[ended.status === 0 ? "complete" : "failed"]++;
      }
      context.diagnostic(`${counts.failed} failed, ${counts.complete} complete`);
      // What nobody could look at any more is swept by whoever comes later.
      const folder = join(env["XDG_RUNTIME_DIR"]!, `jn-${process.getuid?.()}`);
      for (const name of marks()) utimesSync(join(folder, name), 0, 0);
      const later = await start(shell, '"$JN" cat in.csv | "$JN" put out.json', cwd, env).outcome;
      assert.equal(later.status, 0, described(later));
      assert.deepEqual(marks(), []);
      // A put that was killed leaves its temporary file to the next one.
      assert.deepEqual(readdirSync(cwd).toSorted(), ["in.csv", "out.json"]);
    },
  );
}

test(
  "a stage that is killed while Node starts, before any code of ours runs, counts as failed",
  { timeout: 60_000, skip: process.platform !== "linux" },
  async (context) => {
    const { cwd, env, marks } = place(context);
    // In place of Node: what never becomes a jn, and is killed.
    mkdirSync(join(cwd, "bin"));
    writeFileSync(join(cwd, "bin/node"), "#!/bin/sh\nkill -9 $$\n", { mode: 0o755 });
    const command = `PATH="$PWD/bin:$PATH" "$JN" cat in.csv | "$JN" put out.json; exit $?`;
    const outcome = await start("bash", command, cwd, env).outcome;
    assert.equal(outcome.status, 137, described(outcome));
    assert.match(
      outcome.stderr,
      /jn put: the stage before failed, so out\.json is left as it was: it was killed/,
      described(outcome),
    );
    assert.equal(readFileSync(join(cwd, "out.json"), "utf8"), BEFORE);
    assert.deepEqual(marks(), []);
  },
);

test("fifty pipelines at once: each knows of its own stages only", { timeout: 600_000 }, async (context) => {
  const { cwd, env, marks } = place(context);
  const broken = `{"id":1}\noops\n`;
  writeFileSync(join(cwd, "broken.ndjson"), broken);
  writeFileSync(join(cwd, "good.ndjson"), '{"id":1}\n');
  const middle = HEAVY ? `| "$JN" filter . | "$JN" head ` : "";
  const one = `i=$1; f=good; [ $((i % 2)) = 0 ] || f=broken; "$JN" cat $f.ndjson ${middle}| "$JN" put out-$i.json 2>err-$i; echo "$i $?"`;
  const command = `one() { ${one}; }; for i in $(seq 50); do one $i & done; wait`;
  const outcome = await start("bash", command, cwd, env).outcome;
  const statuses = outcome.stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" ").map(Number));
  assert.equal(statuses.length, 50, described(outcome));
  for (const [index = 0, status] of statuses) {
    assert.equal(status, index % 2 === 0 ? 0 : 3, described(outcome));
    assert.equal(read(join(cwd, `out-${index}.json`)), index % 2 === 0 ? '[\n{"id":1}\n]\n' : "", described(outcome));
  }
  assert.deepEqual(marks(), []);
});

test(
  "an inode that is used again: marks of an earlier pipe, of another device, harm nothing",
  { timeout: 60_000 },
  async (context) => {
    const { cwd, env, marks } = place(context);
    const folder = join(env["XDG_RUNTIME_DIR"]!, `jn-${process.getuid?.()}`);
    mkdirSync(folder, { mode: 0o700 });
    const gone = 4_000_000;
    const command = (mark: string): string =>
      `mkfifo in; i=$(stat -c %i in); ${mark}; "$JN" cat good.ndjson >in & "$JN" put out.json <in; s=$?; rm in; exit $s`;
    writeFileSync(join(cwd, "good.ndjson"), "1\n");
    const name = `'${folder}'/$i-${gone}`;
    const earlier = await start("bash", command(`printf '' >${name}; touch -d '2 minutes ago' ${name}`), cwd, env)
      .outcome;
    assert.equal(earlier.status, 0, described(earlier));
    assert.deepEqual(marks(), []);
    const elsewhere = await start(
      "bash",
      command(`echo '{"device":1,"stage":"jn cat","exitCode":3,"message":"x"}' >${name}`),
      cwd,
      env,
    ).outcome;
    assert.equal(elsewhere.status, 0, described(elsewhere));
    assert.equal(marks().length, 1);
    const own = await start("bash", command(`printf '' >${name}`), cwd, env).outcome;
    assert.equal(own.status, 137, described(own));
  },
);

test(
  "marks of pipes that are gone are swept; those of pipes that are open, and of processes that run, are not",
  { timeout: 60_000 },
  async (context) => {
    const { cwd, env, marks } = place(context);
    const folder = join(env["XDG_RUNTIME_DIR"]!, `jn-${process.getuid?.()}`);
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(join(cwd, "good.ndjson"), "1\n");
    const old = (inode: string, pid: string): string =>
      `printf '' >'${folder}'/${inode}-${pid}; touch -d '1 minute ago' '${folder}'/${inode}-${pid}`;
    const command = `mkfifo held; exec 3<>held; i=$(stat -c %i held); ${old("$i", "4000000")}; ${old("1", "4000001")}; ${old("2", "$$")}; echo $i $$ >ids
    "$JN" cat good.ndjson | "$JN" put out.json`;
    const outcome = await start("bash", command, cwd, env).outcome;
    assert.equal(outcome.status, 0, described(outcome));
    const [inode, pid] = read(join(cwd, "ids")).trim().split(" ");
    assert.deepEqual(marks().toSorted(), [`2-${pid}`, `${inode}-4000000`].toSorted(), described(outcome));
  },
);

test(
  "the shell's lines at the beginning of the program change nothing for it",
  { timeout: 60_000 },
  async (context) => {
    const { cwd, env } = place(context);
    const odd = "a b'\"$x\\;*";
    writeFileSync(join(cwd, odd), "1\n");
    const command = `set -o noclobber; umask 027; jn_d=x jn_i=y JN_ARG=z "$JN" filter --arg a '${odd.replaceAll("'", String.raw`'\''`)}' '[., $a, env.JN_ARG]' './${odd.replaceAll("'", String.raw`'\''`)}~ndjson' | cat; umask`;
    const outcome = await start("bash", command, cwd, env).outcome;
    assert.equal(outcome.stdout, `${JSON.stringify([1, odd, "z"])}\n0027\n`, described(outcome));
    const direct = await runShell("jn cat in.csv | head -n 1", { cwd, env });
    assert.equal(direct.stdout, '{"id":0,"x":0}\n', described(direct));
  },
);

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself just now.
  }
}
