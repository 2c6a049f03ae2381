// What goes beyond memory: the same as programs of others find, in the memory that was allowed, and nothing is left behind.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { describe, test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { described, folderWith, runShell, succeeded } from "./support/jn.ts";
import { pidIn, startShell, until } from "./support/live.ts";
import { peakIn } from "./support/peak.ts";

const HEAVY = process.env["JN_TEST_HEAVY"] === "1";
const BYTES = Number(process.env["JN_TEST_BYTES"] ?? (HEAVY ? 2e9 : 8e6));
const GENERATE = fileURLToPath(new URL("support/generate.js", import.meta.url));
const MEBIBYTE = 1024 * 1024;
const ALLOWED = HEAVY ? 64 : 2;
/** What is read and written at the moment, and what the engine has not yet given back. */
const SLACK_BYTES = 32 * MEBIBYTE;

interface Case {
  readonly what: string;
  /** The command, to be followed by its input. */
  readonly command: string;
  /** What makes `expected` of `in.ndjson` and `right.ndjson`, which a join reads. */
  readonly oracle: string;
  /** The program that it needs. */
  readonly program: string;
}

const CASES: readonly Case[] = [
  {
    what: "sort by a key",
    command: "sort --by key",
    oracle: "LC_ALL=C sort -S 30% -t, -k1,1 in.ndjson > expected",
    program: "sort",
  },
  {
    what: "sort by two keys, one descending; equal ones in their order",
    command: "sort --by -x,group",
    oracle: "LC_ALL=C sort -S 30% -s -t, -k3.5nr,3 -k2,2 in.ndjson > expected",
    program: "sort",
  },
  {
    what: "uniq by a field",
    command: "uniq --by group",
    oracle: "LC_ALL=C awk -F, '!seen[$2]++' in.ndjson > expected",
    program: "awk",
  },
  {
    what: "group, in the order of appearance",
    command: "group --by group --agg 'n: count, total: sum(x), least: min(key)'",
    oracle: `sed -E 's/[^0-9,"]*"(key|group|x|name)"://g; s/[{}]//g' in.ndjson |
      sqlite3 :memory: 'create table t (key text, "group" text, x integer, name text);' '.mode csv' '.import /dev/stdin t' '.mode list' \
      "select '{\\"group\\":\\"' || \\"group\\" || '\\",\\"n\\":' || count(*) || ',\\"total\\":' || sum(x) || ',\\"least\\":\\"' || min(key) || '\\"}' from t group by \\"group\\" order by min(rowid)" > expected`,
    program: "sqlite3",
  },
  {
    what: "join, the right side beyond memory",
    command: "join right.ndjson --on group --type left",
    oracle: `LC_ALL=C awk -F, 'FNR == NR { sub(/}$/, "", $2); right[$1] = $2; next } { sub(/}$/, ""); print $0 "," (("{" $2) in right ? right["{" $2] : "\\"value\\":null") "}" }' right.ndjson in.ndjson > expected`,
    program: "awk",
  },
];

describe(`beyond ${ALLOWED} MiB, with ${BYTES / 1e6} MB`, { timeout: 3_600_000 }, () => {
  for (const { what, command, oracle, program } of CASES) {
    test(what, { skip: hasProgram(program) ? false : `there is no ${program}` }, async (context) => {
      const cwd = folderWith(context);
      const temporary = folderWith(context);
      const env = environment(context, temporary);
      // Of the groups there are those with an even number on the right side, the last ones first.
      const made = `"$NODE" '${GENERATE}' scattered ${BYTES} > in.ndjson; seq 2000002 -2 0 | awk '{ printf "{\\"group\\":\\"%07d\\",\\"value\\":%d}\\n", $1, NR }' > right.ndjson`;
      succeeded(await runShell(`NODE='${process.execPath}'; ${made}; ${oracle}`, { cwd, env }));
      const empty = command.replace("right.ndjson", "/dev/null~ndjson");
      const nothing = await peakIn(cwd, `watched ${empty} --memory ${ALLOWED}M < /dev/null`, { env });
      const peak = await peakIn(cwd, `watching ${command} --memory ${ALLOWED}M in.ndjson | cmp - expected`, { env });
      const over = peak - nothing - ALLOWED * MEBIBYTE;
      context.diagnostic(
        `peak ${Math.round(peak / MEBIBYTE)} MiB, ${Math.round(nothing / MEBIBYTE)} without input: ${Math.round(over / MEBIBYTE)} more than allowed`,
      );
      assert.ok(over < SLACK_BYTES, `peak ${peak}, ${nothing} without input`);
      assert.deepEqual(readdirSync(temporary), []);
    });
  }
});

describe(
  "ended in the midst of it",
  { timeout: 120_000, skip: process.platform === "linux" ? false : "it takes /proc" },
  () => {
    const commands = [
      "sort --by key --memory 1M",
      "uniq --by key --memory 1M",
      "group --by key --memory 1M",
      "join /dev/stdin --on key --memory 1M few.ndjson",
    ];
    for (const command of commands) {
      test(`jn ${command}: whatever ends it, no temporary file stays`, async (context) => {
        for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"] as const) await endedBy(context, command, signal);
      });
    }

    test("the reader of what is sorted leaves: no temporary file stays", async (context) => {
      const temporary = folderWith(context);
      const generated = `'${process.execPath}' '${GENERATE}' scattered 5000000`;
      const outcome = await runShell(
        `${generated} | jn sort --by key --memory 1M | head -n 1; echo "\${PIPESTATUS[*]}"`,
        {
          cwd: folderWith(context),
          env: environment(context, temporary),
        },
      );
      assert.match(outcome.stdout, /^\{"key":"00000\d+".*\n0 141 0\n$/, described(outcome));
      assert.deepEqual(readdirSync(temporary), []);
    });
  },
);

async function endedBy(context: TestContext, command: string, signal: NodeJS.Signals): Promise<void> {
  const temporary = folderWith(context);
  const cwd = folderWith(context, { "few.ndjson": '{"key":"1"}\n' });
  const live = startShell(`{ generate scattered 10000000; sleep 100; } | as stage ${command}`, {
    cwd,
    env: environment(context, temporary),
    ownGroup: true,
  });
  try {
    await until(live, () => pidIn(cwd, "stage"));
    const pid = pidIn(cwd, "stage")!;
    // By now it has written what did not fit.
    await until(live, () => spilledBytes(pid, temporary) > 1_000_000);
    process.kill(pid, signal);
    await until(live, () => statSync(`/proc/${pid}/fd`, { throwIfNoEntry: false }) === undefined || isGone(pid));
  } finally {
    process.kill(-live.child.pid!, "SIGKILL");
    await live.outcome;
  }
  assert.deepEqual(readdirSync(temporary), [], `${command}, ${signal}`);
}

/** With a folder of its own for temporary files, which marks of stages do not go into. */
function environment(context: TestContext, temporary: string): NodeJS.ProcessEnv {
  return { ...process.env, TMPDIR: temporary, XDG_RUNTIME_DIR: folderWith(context) };
}

function isGone(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}

/** How large the files are that the process has open in the folder. */
function spilledBytes(pid: number, folder: string): number {
  let bytes = 0;
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const path = `/proc/${pid}/fd/${fd}`;
      if (readlinkSync(path).startsWith(folder)) bytes += statSync(path).size;
    }
  } catch {
    // It closed one meanwhile.
  }
  return bytes;
}

function hasProgram(name: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${name}`]);
    return true;
  } catch {
    return false;
  }
}
