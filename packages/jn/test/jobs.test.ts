import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { loadNative } from "@cuprum/native";
import { described, failed, folderWith, type Outcome, runJn, runShell, succeeded } from "./support/jn.ts";
import { peakIn } from "./support/peak.ts";
import { type Live, pidIn, release, settled, startShell, until } from "./support/live.ts";

const load = loadNative();
const isNative = load.available || process.env["REQUIRE_NATIVE"] === "1";
const skip = isNative ? false : `no native module: ${load.available ? "" : load.reason}`;
const LINUX = process.platform === "linux";
const HEAVY = process.env["JN_TEST_HEAVY"] === "1";
const timeout = 300_000;

/** Random numbers from 0 to below 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A text of this many bytes, of usual pieces, one in `rare` of which is another. */
function textOf(
  seed: number,
  bytes: number,
  usual: (id: number) => string,
  odd: readonly string[],
  rare: number,
): Buffer {
  const random = randomOf(seed);
  const pieces: string[] = [];
  let length = 0;
  for (let id = 0; length < bytes; id++) {
    const isOdd = odd.length > 0 && random() * rare < 1;
    const piece = isOdd ? odd[Math.floor(random() * odd.length)]! : usual(id);
    pieces.push(piece);
    length += piece.length;
  }
  return Buffer.from(pieces.join(""), "latin1");
}

const VERY_LONG = "very long, ".repeat(60_000);
const usualRow = (id: number): string =>
  id % 9 === 0 ? `${id},"a\n""b"", ${id}\r\n",${id / 8}\n` : `${id},\xc3\xa9${"x".repeat(id % 83)},${id % 100}\n`;
const ODD_ROWS = [
  '1,a"b,2\n',
  '2,a""b,\r\n',
  '3,"\n"",\n",99\r',
  "4,\x7f\\,1e400\n",
  `5,"${VERY_LONG}\n${VERY_LONG}",60\n`,
  '6,"",12345678901234567890\n',
];
const BAD_ROWS = ["7,short\n", '8,"x"y,1\n', "9,\xff,1\n", "10,a,b,c\n"];

const usualRecord = (id: number): string =>
  `{"id":${id},"text":"\xc3\xa9 \\n${"x".repeat(id % 71)}","score":${id % 100}}\n`;
const ODD_RECORDS = [
  '{"sc\\u006fre":99,"text":"\\/"}\n',
  "  \n",
  `{"id":1,"text":"${VERY_LONG}","score":80}\r\n`,
  ' {"id":2 , "score":12345678901234567890}\n',
];
const BAD_RECORDS = ['{"id":\n', '{"text":"\xff"}\n', "nope\n", '{"id":3}}\n'];

const BYTES = 0.8e6;
const CSV = "id,text,score\n";
const csvOf = (seed: number, odd: readonly string[], rare: number, end = ""): Buffer =>
  Buffer.concat([Buffer.from(CSV), textOf(seed, BYTES, usualRow, odd, rare), Buffer.from(end, "latin1")]);
const ndjsonOf = (seed: number, odd: readonly string[], rare: number, end = ""): Buffer =>
  Buffer.concat([textOf(seed, BYTES, usualRecord, odd, rare), Buffer.from(end, "latin1")]);

/** Inputs, each with the command lines that read it: @ stands for the flag. */
const CASES: readonly (readonly [name: string, file: string, input: () => Buffer, lines: readonly string[]])[] = [
  ["CSV as it should be", "in.csv", () => csvOf(1, [], 1), ["jn cat @ in.csv", "cat in.csv | jn cat @ -~csv"]],
  [
    "hostile CSV",
    "in.csv",
    () => csvOf(2, ODD_ROWS, 1500, "no,end,1"),
    ["jn cat @ in.csv", "jn filter @ '.score > 50' in.csv"],
  ],
  [
    "hostile CSV with a byte order mark, its last quote never closed",
    "in.csv",
    () => Buffer.concat([Buffer.from("\u{feff}"), csvOf(3, ODD_ROWS, 4000, '1,"never closed\n')]),
    ["jn cat @ in.csv"],
  ],
  [
    "CSV with bad rows",
    "in.csv",
    () => csvOf(4, BAD_ROWS, 20_000),
    ["jn cat @ in.csv", "jn cat @ --on-error skip in.csv", "jn cat @ --on-error bad in.csv; cat bad; rm -f bad"],
  ],
  ["CSV with nothing but a header", "in.csv", () => Buffer.from(CSV), ["jn cat @ in.csv"]],
  ["nothing", "in.csv", () => Buffer.alloc(0), ["jn cat @ in.csv", "jn filter @ .x in.csv"]],
  [
    "NDJSON as it should be",
    "in.ndjson",
    () => ndjsonOf(5, [], 1),
    ["jn filter @ '.score > 50' in.ndjson", "jn put @ -~csv < in.ndjson", "cat in.ndjson | jn filter @ '{id, score}'"],
  ],
  [
    "hostile NDJSON",
    "in.ndjson",
    () => ndjsonOf(6, ODD_RECORDS, 1500, '{"score":51}'),
    ["jn cat @ in.ndjson", "jn filter @ '{score, text}' in.ndjson", "jn put @ out.json < in.ndjson; cat out.json"],
  ],
  [
    "NDJSON with bad lines",
    "in.ndjson",
    () => ndjsonOf(7, BAD_RECORDS, 15_000, '{"cut":'),
    [
      "jn filter @ '.score > 50' in.ndjson",
      "jn filter @ --on-error skip '.score > 50' in.ndjson",
      "jn cat @ --on-error bad in.ndjson; cat bad; rm -f bad",
    ],
  ],
  [
    "a pipeline",
    "in.csv",
    () => csvOf(8, ODD_ROWS, 3000),
    [
      `jn run @ --processes one "cat in.csv | filter '.score > 50' | filter '{score, text}' | put -~json"`,
      `jn run @ --processes each "cat in.csv | filter '.score > 50' | put -~json"`,
    ],
  ],
];

describe("the same bytes and messages with any number of threads, and without the native module", { skip }, () => {
  for (const [name, file, input, lines] of CASES) {
    test(name, { timeout }, async (context) => {
      const cwd = folderWith(context, { [file]: input() });
      for (const line of lines) {
        const run = async (flag: string, backend: string): Promise<object> => {
          const env = { ...process.env, JN_BACKEND: backend };
          const { status, stdout, stderr } = await runShell(line.replace("@", flag), { cwd, env });
          return { status, stdout: hashOf(stdout), bytes: stdout.length, stderr };
        };
        const expected = await run("--jobs 4", "node");
        for (const [flag, backend] of [
          ["--jobs 1", "auto"],
          ["--jobs 3", "rust"],
          ...(line === lines[0] ? ([["", "auto"]] as const) : []),
        ] as const)
          assert.deepEqual(await run(flag, backend), expected, `${line}, with ${flag} and ${backend}`);
      }
    });
  }
});

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

test("a number of jobs that cannot be is an error, and nothing is read", { timeout }, async (context) => {
  const cwd = folderWith(context, { "in.csv": "a\n1\n" });
  for (const jobs of ["0", "-1", "abc", "1.5", "", "2K", "65", "999999999999999999999"]) {
    for (const args of [
      ["cat", `--jobs=${jobs}`, "in.csv"],
      ["filter", "--jobs", jobs, ".a", "in.csv"],
      ["put", "--jobs", jobs, "out.json"],
      ["run", "--jobs", jobs, "cat in.csv | put out.json"],
    ])
      assert.equal(failed(await runJn(args, { cwd }), 2, /--jobs needs a whole number from 1 to 64, not '/), "");
  }
  assert.deepEqual(readdirSync(cwd), ["in.csv"]);
  for (const jobs of ["1", "64"])
    assert.equal(succeeded(await runJn(["cat", "--jobs", jobs, "in.csv"], { cwd })), '{"a":1}\n');
});

test("groups and joins are the same with any number of threads", { timeout, skip }, async (context) => {
  const records = Array.from({ length: 30_000 }, (_, id) => `{"id":${id},"k":"k${(id * 7919) % 101}","x":${id / 7}}\n`);
  const cwd = folderWith(context, { "left.ndjson": records.join(""), "right.ndjson": records.slice(0, 500).join("") });
  for (const words of [
    ["group", "--by", "k", "--agg", "n: count, total: sum(x), most: max(x), last(id)", "left.ndjson"],
    ["join", "right.ndjson", "--on", "id", "--type", "left", "left.ndjson"],
  ]) {
    const written = async (backend: string, ...flags: readonly string[]): Promise<string> =>
      succeeded(await runJn([...words, ...flags], { cwd, env: { ...process.env, JN_BACKEND: backend } }));
    const expected = await written("node");
    for (const jobs of ["1", "3"]) assert.equal(await written("rust", "--jobs", jobs), expected, `${words[0]} ${jobs}`);
  }
});

test("in a pipeline it is said once, for all stages", { timeout }, async (context) => {
  const cwd = folderWith(context, { "in.csv": "a\n1\n" });
  const inside = await runJn(["run", "cat --jobs 2 in.csv | put -"], { cwd });
  assert.equal(failed(inside, 2, /stage 1, cat: --jobs is for all of the pipeline; say jn run --jobs 2/), "");
  assert.equal(succeeded(await runJn(["run", "--jobs", "2", "cat in.csv | put -"], { cwd })), '{"a":1}\n');
});

/** A command line whose output nobody reads until FIFO `go` is written to: the jn that was started `as it` is blocked then. */
async function blocked(
  context: TestContext,
  command: string,
  input: Buffer,
  then = "cat",
): Promise<[Live, number, string]> {
  const cwd = folderWith(context, { "in.csv": input });
  const live = startShell(`mkfifo go; ${command} | { read -r < go; ${then}; }`, { cwd });
  context.after(() => live.child.kill("SIGKILL"));
  const pid = await until(live, () => pidIn(cwd, "it"));
  await settled(live, () => bytesRead(pid));
  return [live, pid, cwd];
}

/** How much of `in.csv` a process has read. */
function bytesRead(pid: number): number {
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      if (!readlinkSync(`/proc/${pid}/fd/${fd}`).endsWith("/in.csv")) continue;
      return Number(/^pos:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, "utf8"))![1]);
    }
  } catch {
    // It is not there yet, or has just closed what was looked at.
  }
  return 0;
}

function threadsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).length;
}

/** Whether a process is over; its parent may not have asked yet. */
function isOver(pid: number): boolean {
  try {
    return /^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return true;
  }
}

const CHUNK_BYTES = 256 * 1024;
/** What a pipe holds, and what was read in one piece before threads take over. */
const BESIDES = 2 * 1024 * 1024;

describe("what threads take, while nobody reads what they write", { skip: skip || !LINUX }, () => {
  const input = Buffer.concat([Buffer.from(CSV), textOf(9, 30e6, usualRow, [], 1)]);
  const counts = new Map<number, number>();
  for (const jobs of [1, 2, 6]) {
    test(
      `--jobs ${jobs}: so many threads more, a chunk each, and all is there in the end`,
      { timeout },
      async (context) => {
        const [live, pid, cwd] = await blocked(context, `as it cat --jobs ${jobs} in.csv`, input, "tail -n 1");
        counts.set(jobs, threadsOf(pid));
        const ahead = bytesRead(pid);
        assert.ok(ahead < BESIDES + jobs * 2 * CHUNK_BYTES, `${ahead} bytes were read`);
        await release(cwd, "go");
        const outcome = await live.outcome;
        assert.equal(outcome.status, 0, described(outcome));
        const last = succeeded(await runShell("tail -n 1 in.csv", { cwd })).split(",")[0];
        assert.match(outcome.stdout, new RegExp(`^\\{"id":${last},`), described(outcome));
        // Those that Node has are the same in all of them.
        assert.equal(counts.get(jobs)! - counts.get(1)!, jobs - 1);
      },
    );
  }

  test("the reader leaves: all threads end, quietly, having read little", { timeout }, async (context) => {
    const [live, pid, cwd] = await blocked(
      context,
      "as it cat --jobs 6 in.csv",
      input,
      "head -n 1; cp /proc/$(cat it.pid)/stat before",
    );
    await release(cwd, "go");
    const outcome: Outcome = await live.outcome;
    assert.equal(outcome.status, 0, described(outcome));
    assert.equal(outcome.stderr, "", described(outcome));
    assert.match(outcome.stdout, /^\{"id":0,.*\n$/);
    assert.ok(!existsSync(`/proc/${pid}`), "it is still there");
    assert.ok(existsSync(join(cwd, "before")), "it was not there before");
  });

  test("it is killed: nothing is left of it, and what it wrote is there", { timeout }, async (context) => {
    const [live, pid, cwd] = await blocked(
      context,
      "set -o pipefail; as it cat --jobs 6 in.csv",
      input,
      "head -n 1; cat > rest",
    );
    process.kill(pid, "SIGTERM");
    await until(live, () => isOver(pid));
    await release(cwd, "go");
    const outcome = await live.outcome;
    assert.equal(outcome.status, 143, described(outcome));
    assert.match(outcome.stdout, /^\{"id":0,.*\n$/, described(outcome));
  });

  test("jn run: stages with processes of their own are told how many", { timeout }, async (context) => {
    const cwd = folderWith(context);
    writeFileSync(join(cwd, "in.csv"), input);
    const command = `mkfifo go; as it run --jobs 3 --processes each "cat in.csv | filter '.score >= 0' | head -n 1G" | { read -r < go; tail -n 1; }`;
    const live = startShell(command, { cwd });
    context.after(() => live.child.kill("SIGKILL"));
    const owner = await until(live, () => pidIn(cwd, "it"));
    const told = await until(live, () => {
      // Copies of their owner are not yet what they are going to be.
      const found = childrenOf(owner).filter((words) => words.includes("--jobs") && !words.includes("run"));
      return found.length >= 2 && found;
    });
    assert.deepEqual(
      told
        .map((words) => words.slice(words.indexOf("--jobs") - 1, words.indexOf("--jobs") + 2).join(" "))
        .toSorted(byText),
      ["cat --jobs 3", "filter --jobs 3"],
    );
    await release(cwd, "go");
    assert.equal((await live.outcome).status, 0);
  });
});

const GENERATE = fileURLToPath(new URL("support/generate-text.js", import.meta.url));
const [LITTLE, MUCH] = HEAVY ? [10e6, 1e9] : [10e6, 20e6];
/** The most memory with as many threads as there are by default, where there are many processors; and what much more input may add. */
const MAX_PEAK = 60 * 1024 * 1024;
const MAX_GROWTH = 4 * 1024 * 1024;

for (const [format, stage] of [
  ["csv", "cat --jobs 4 in"],
  ["csv", "filter --jobs 2 '.x >= 50' in"],
  ["ndjson", "put --jobs 4 -~csv < in"],
  ["csv", `run --jobs 2 "cat in | filter '.x >= 50' | put -~json"`],
] as const) {
  test(
    `memory: under 60 MiB, the same for ${LITTLE / 1e6} and ${MUCH / 1e6} MB: ${stage}`,
    { skip, timeout: HEAVY ? 1_800_000 : timeout },
    async (context) => {
      const cwd = folderWith(context);
      const line = stage.replace(/\bin\b/, `in.${format}`);
      const peak = async (bytes: number): Promise<number> =>
        await peakIn(cwd, `"$NODE" '${GENERATE}' ${format} ${bytes} > in.${format}; watched ${line}`);
      const [little, much] = [await peak(LITTLE), await peak(MUCH)];
      const shown = `${Math.round(much / 1024)} kB at most; for little ${Math.round(little / 1024)} kB`;
      context.diagnostic(shown);
      assert.ok(much < MAX_PEAK && much - little < MAX_GROWTH, shown);
    },
  );
}

function byText(one: string, other: string): number {
  return one < other ? -1 : 1;
}

/** The command lines of the processes that a process has started. */
function childrenOf(pid: number): readonly (readonly string[])[] {
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  return pids.map((child) => readFileSync(`/proc/${child}/cmdline`, "utf8").split("\0"));
}
