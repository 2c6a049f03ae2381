import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { described, failed, folderWith, runJn, runShell, succeeded } from "./support/jn.ts";
import { release, runPipes, startShell, until } from "./support/live.ts";

const CSV = "x,y\n1,a\n2,b\n";
const RECORDS = '{"x":1,"y":"a"}\n{"x":2,"y":"b"}\n';
const HAS_FULL = statSync("/dev/full", { throwIfNoEntry: false }) !== undefined;

// 1. Everything that can be read

const WAYS: readonly (readonly [what: string, command: string])[] = [
  ["a file", "jn cat in.csv"],
  ["a file by its absolute path", 'jn cat "$PWD/in.csv"'],
  ["a file in another folder, with ..", "jn cat sub/../in.csv"],
  ["a file with an extension in capitals", "cp in.csv IN.CSV; jn cat IN.CSV"],
  ["a file with blanks and quotes in its name", `cp in.csv $'an "odd" name\\n.csv'; jn cat $'an "odd" name\\n.csv'`],
  ["a file whose name begins with a dash, after --", "cp in.csv ./-in.csv; jn cat -- -in.csv"],
  ["a file through a symbolic link", "ln -s in.csv link.csv; jn cat link.csv"],
  ["a file without extension, its format named", "cp in.csv in; jn cat in~csv"],
  ["a file whose extension says something else", "cp in.csv in.txt; jn cat in.txt~csv"],
  ["a format in capitals", "jn cat in.csv~CSV"],
  ["standard input", "jn cat -~csv < in.csv"],
  ["standard input through a pipe", "cat in.csv | jn cat -~csv"],
  ["/dev/stdin", "jn cat /dev/stdin~csv < in.csv"],
  ["/dev/fd/N", "jn cat /dev/fd/7~csv 7< in.csv"],
  ["a process substitution", "jn cat <(cat in.csv)~csv"],
  ["a process substitution of jn", "jn cat <(jn cat in.csv)"],
  ["a FIFO", "mkfifo fifo.csv; cat in.csv > fifo.csv & jn cat fifo.csv"],
  ["a here-document", "jn cat -~csv <<< $'x,y\\n1,a\\n2,b'"],
  ["the addresses of filter", "jn filter '.x > 0' in.csv"],
  ["the addresses of head", "jn head in.csv"],
  ["the addresses of tail", "jn tail in.csv"],
  ["the standard input of filter, named", "jn filter . -~csv < in.csv"],
];

for (const [what, command] of WAYS) {
  test(`reads ${what}`, async (context) => {
    const cwd = folderWith(context, { "in.csv": CSV });
    mkdirSync(join(cwd, "sub"));
    const outcome = await runShell(command, { cwd });
    assert.equal(succeeded(outcome), RECORDS, described(outcome));
  });
}

test("several sources are read in turn, whatever their kind; - at its place among them", async (context) => {
  const cwd = folderWith(context, {
    "a.csv": "x\n1\n",
    "b.json": '[{"x":2}]',
    "d.ndjson": '{"x":4}',
    "e.tsv": "x\n5\n",
  });
  const outcome = await runShell(
    "echo '{\"x\":3}' | jn cat a.csv b.json - d.ndjson <(echo x; echo 4.5)~csv e.tsv a.csv",
    {
      cwd,
    },
  );
  const numbers = ["1", "2", "3", "4", "4.5", "5", "1"];
  assert.equal(succeeded(outcome), numbers.map((x) => `{"x":${x}}\n`).join(""), described(outcome));
  const head = await runShell("jn head -n 2 a.csv b.json missing.csv", { cwd });
  assert.equal(succeeded(head), '{"x":1}\n{"x":2}\n', described(head));
  const tail = await runShell("jn tail -n 2 a.csv b.json d.ndjson", { cwd });
  assert.equal(succeeded(tail), '{"x":2}\n{"x":4}\n', described(tail));
});

test("empty sources have no records, and that is no error", async (context) => {
  const files = { "e.csv": "", "e.tsv": "", "e.ndjson": "", "e.json": "", "header.csv": "x,y\n", "array.json": "[]" };
  const cwd = folderWith(context, files);
  for (const name of [...Object.keys(files), "/dev/null~csv"]) {
    const outcome = await runJn(["cat", name], { cwd });
    assert.equal(succeeded(outcome), "", described(outcome));
  }
});

test("options of an address are percent-decoded, its path is not", async (context) => {
  const cwd = folderWith(context, { "a%20b.csv": "x|y\n1|a\n", "t.csv": "x\ty\n1\ta\n", "amp.csv": "x&y\n1&a\n" });
  for (const address of [
    "a%20b.csv?delimiter=%7C",
    "t.csv?delimiter=%09",
    "t.csv?delimiter=tab",
    "amp.csv?delimiter=%26",
  ]) {
    const outcome = await runJn(["cat", address], { cwd });
    assert.equal(succeeded(outcome), '{"x":1,"y":"a"}\n', described(outcome));
  }
  const named = await runJn(["cat", "amp.csv?delimiter=%26&columns=%C3%A4,b%20c&skip=1&header=false"], { cwd });
  assert.equal(succeeded(named), '{"ä":1,"b c":"a"}\n', described(named));
});

test("a file that is called exactly as typed, ? and ~ included, is that file", async (context) => {
  const cwd = folderWith(context, { "a?b.csv": CSV, "x~csv.csv": CSV, "back~json.csv": CSV, "q?skip=1.csv": CSV });
  for (const name of ["a?b.csv", "x~csv.csv", "back~json.csv", "q?skip=1.csv"]) {
    const outcome = await runJn(["cat", name], { cwd });
    assert.equal(succeeded(outcome), RECORDS, described(outcome));
  }
});

test("a file called x~csv can be read, and what to type is said", async (context) => {
  const cwd = folderWith(context, { "x~csv": CSV });
  failed(await runJn(["cat", "x~csv"], { cwd }), 2, /x~csv: the name has no extension; name the format: x~csv~csv/);
  const outcome = await runJn(["cat", "x~csv~csv"], { cwd });
  assert.equal(succeeded(outcome), RECORDS, described(outcome));
});

// 2. What cannot be read

for (const [what, command, status, message] of [
  ["a missing file", "jn cat missing.csv", 4, /^jn cat: cannot open missing\.csv: no such file or directory$/],
  ["a missing folder", "jn cat none/in.csv", 4, /^jn cat: cannot open none\/in\.csv: no such file or directory$/],
  ["a folder", "jn cat sub~csv", 4, /^jn cat: cannot (open|read) sub: it is a directory$/],
  ["a folder as standard input", "jn cat < sub", 4, /^jn cat: cannot read standard input: it is a directory$/],
  [
    "a file as a folder",
    "jn cat in.csv/in.csv",
    4,
    /^jn cat: cannot open in\.csv\/in\.csv: a part of the path is not a dir/,
  ],
  [
    "the same with a format",
    "jn cat 'in.csv/x~csv'",
    4,
    /^jn cat: cannot open in\.csv\/x: a part of the path is not a dir/,
  ],
  ["a link to itself", "jn cat loop.csv", 4, /^jn cat: cannot open loop\.csv: too many symbolic links$/],
  [
    "the same with an option",
    "jn cat 'loop.csv?skip=1'",
    4,
    /^jn cat: cannot open loop\.csv: too many symbolic links$/,
  ],
  [
    "a descriptor that is not open",
    "jn cat /dev/fd/99",
    4,
    /^jn cat: cannot use descriptor 99: the descriptor is not open$/,
  ],
  ["a descriptor that only writes", "jn cat /dev/fd/7 7> out", 4, /^jn cat: cannot read descriptor 7: /],
  [
    "an unknown extension",
    "jn cat in.xyz",
    2,
    /'\.xyz' is no extension of a known format; name the format: in\.xyz~csv/,
  ],
  [
    "no extension",
    "jn cat ./dir.v2/data",
    2,
    /data: the name has no extension; name the format: \.\/dir\.v2\/data~csv/,
  ],
  ["a hidden file without extension", "jn cat .csv", 2, /the name has no extension/],
  ["a pattern that fits nothing", "jn cat 'none*.csv'", 4, /^jn cat: no file matches none\*\.csv$/],
  [
    "a missing expression file",
    "jn filter -f none.jq in.csv",
    4,
    /^jn filter: cannot read the expression from none\.jq/,
  ],
] as const) {
  test(`${what}: exit ${status}, one line on standard error, nothing on standard output`, async (context) => {
    const cwd = folderWith(context, { "in.csv": CSV, "in.xyz": CSV });
    mkdirSync(join(cwd, "sub"));
    symlinkSync("loop.csv", join(cwd, "loop.csv"));
    const outcome = await runShell(command, { cwd });
    assert.equal(outcome.stdout, "", described(outcome));
    assert.equal(outcome.status, status, described(outcome));
    assert.match(outcome.stderr.trimEnd(), message, described(outcome));
    assert.equal(outcome.stderr.split("\n").length, 2, described(outcome));
  });
}

test("Node's own descriptors are not for reading: an error, no hang and no crash", async () => {
  for (const fd of [3, 8]) {
    const outcome = await runJn(["cat", `/dev/fd/${fd}`]);
    // What stands there depends on the Node; that it is no file of ours is certain.
    failed(outcome, 4, /^jn cat: cannot (use|read) descriptor \d+: /);
  }
});

test("a missing file among others: exit 4, and the records before it are out", async (context) => {
  const cwd = folderWith(context, { "a.csv": CSV, "b.csv": CSV });
  const outcome = await runJn(["cat", "a.csv", "missing.csv", "b.csv"], { cwd });
  assert.equal(failed(outcome, 4, /^jn cat: cannot open missing\.csv: /), RECORDS, described(outcome));
});

// 3. Damaged sources

const MANY = Array.from({ length: 20_000 }, (_, index) => index);
const WHOLE = {
  "in.csv": `x,y\n${MANY.map((x) => `${x},"text, ${x}"\n`).join("")}`,
  "in.tsv": `x\ty\n${MANY.map((x) => `${x}\ttext ${x}\n`).join("")}`,
  "in.ndjson": MANY.map((x) => `{"x":${x},"y":"text ${x}"}\n`).join(""),
  "in.json": `[\n${MANY.map((x) => `{"x":${x},"y":"text ${x}"}`).join(",\n")}\n]\n`,
};

for (const [name, content] of Object.entries(WHOLE)) {
  for (const [where, after] of [
    ["in a string", "text"],
    ["after a record's first value", name === "in.tsv" ? "\n10000" : "10000"],
  ] as const) {
    test(`${name} cut in half ${where}: exit 3 with source and line, and the records before are out`, async (context) => {
      const cut = content.indexOf(after, content.indexOf("10000") - 1) + after.length;
      const half = content.slice(0, cut);
      const cwd = folderWith(context, { [name]: half });
      const outcome = await runJn(["cat", name], { cwd });
      const lines = half.split("\n").length;
      const shown = described(outcome);
      // A cell of TSV has no end of its own: when it is the last of its row, the cut cannot be seen.
      if (name === "in.tsv" && where === "in a string") {
        assert.equal(succeeded(outcome).split("\n").length, lines, shown);
        return;
      }
      const stdout = failed(outcome, 3, new RegExp(`^jn cat: ${name.replace(".", "\\.")}:${lines}\\b.*\\n$`));
      const header = name.endsWith("sv") ? 1 : 0;
      assert.ok(stdout.endsWith("}\n"), shown);
      const first = name === "in.json" || header === 1 ? lines - 2 : lines - 1;
      assert.equal(stdout.split("\n").length - 1, first, shown);
      assert.equal(stdout.split("\n")[9999]?.startsWith('{"x":9999,'), true, shown);
    });
  }
}

for (const [command, place] of [
  ["jn cat bad.ndjson", "bad\\.ndjson:2"],
  ["jn head bad.ndjson", "bad\\.ndjson:2"],
  ["jn tail bad.ndjson", "bad\\.ndjson:2"],
  ["jn filter .x bad.ndjson", "bad\\.ndjson:2"],
  ["jn filter '.y = 1' bad.ndjson", "bad\\.ndjson:2"],
  ["jn filter .x - < bad.ndjson", "standard input:2"],
  ["jn head < bad.ndjson", "standard input:2"],
  ["jn put out.json < bad.ndjson", "standard input:2"],
  ["jn cat good.ndjson bad.ndjson", "bad\\.ndjson:2"],
  ["jn filter .x good.ndjson bad.ndjson", "bad\\.ndjson:2"],
  ["jn cat /dev/fd/7 7< bad.ndjson", "descriptor 7:2"],
] as const) {
  test(`a bad record: ${command} names its source and line`, async (context) => {
    const cwd = folderWith(context, { "bad.ndjson": '{"x":1}\n!oops\n', "good.ndjson": '{"x":0}\n{"x":0}\n{"x":0}\n' });
    failed(await runShell(command, { cwd }), 3, new RegExp(`^jn \\w+: ${place}:\\d+\\b.*!oops`));
  });
}

test("a file that shrinks or grows while it is read is read as far as it goes", async (context) => {
  const cwd = folderWith(context);
  const live = startShell(
    "mkfifo go; echo 1 > in.ndjson; { cat in.ndjson; read -r < go; cat in.ndjson; } | jn cat | cat",
    { cwd },
  );
  context.after(() => live.child.kill("SIGKILL"));
  await until(live, () => live.stdout() === "1\n");
  await release(cwd, "go");
  assert.equal(succeeded(await live.outcome), "1\n1\n");
});

// 4. Unusual standard streams

test("standard input that is closed is an empty one", async (context) => {
  const cwd = folderWith(context, { "in.csv": CSV });
  const outcome = await runPipes("jn cat <&- && jn filter . <&- && jn cat in.csv <&- && jn put - <&-", { cwd });
  assert.equal(succeeded(outcome), RECORDS, described(outcome));
});

test("standard output that is closed: ends quietly, writes nothing anywhere else", async (context) => {
  const cwd = folderWith(context, { "in.csv": CSV, other: "" });
  const outcome = await runPipes("jn cat in.csv 8>> other >&-; echo $?; jn head in.csv >&- | cat", {
    cwd,
  });
  assert.match(outcome.stdout, /^[04]\n$/, described(outcome));
  assert.doesNotMatch(outcome.stderr, /defect/, described(outcome));
  assert.equal(readFileSync(join(cwd, "other"), "utf8"), "", described(outcome));
  assert.equal(readFileSync(join(cwd, "in.csv"), "utf8"), CSV, described(outcome));
});

test("standard error that is closed or full changes no exit code and no record", async (context) => {
  const cwd = folderWith(context, { "in.csv": CSV });
  const outcome = await runPipes(
    `jn cat in.csv 2>&-; echo $?; jn cat in.csv missing.csv 2>&-; echo $?${HAS_FULL ? "; jn cat in.csv missing.csv 2>/dev/full; echo $?" : ""}`,
    { cwd },
  );
  assert.equal(outcome.stdout, `${RECORDS}0\n${RECORDS}4\n${HAS_FULL ? `${RECORDS}4\n` : ""}`, described(outcome));
});

test(
  "standard output on a full device: exit 4 and a message",
  { skip: !HAS_FULL && "there is no /dev/full" },
  async (context) => {
    const cwd = folderWith(context, { "in.csv": CSV, "in.ndjson": RECORDS });
    for (const command of [
      "cat in.csv",
      "filter . in.csv",
      "head in.csv",
      "tail in.csv",
      "put - < in.ndjson",
      "put -~csv < in.ndjson",
      "--help",
    ]) {
      const outcome = await runShell(`jn ${command} > /dev/full`, { cwd });
      failed(outcome, 4, /^jn.*: cannot write standard output: no space left on the device/);
    }
  },
);

// Node puts a pipe that it opens as a stream into non-blocking mode, for everybody who shares it, and a kill leaves it so.
const NON_BLOCKING = (stream: string): string => `node -e 'process.${stream}; process.kill(process.pid, "SIGKILL")'`;

for (const stage of ["cat", "filter '.x >= 0'", "head -n 1G", "put -", "put out.ndjson; cat out.ndjson"]) {
  test(`standard input that somebody made non-blocking: jn ${stage} waits for it`, async (context) => {
    const cwd = folderWith(context);
    const outcome = await runPipes(
      `{ sleep 0.5; echo '{"x":1}'; sleep 0.2; echo '{"x":2}'; } | { ${NON_BLOCKING("stdin")} 2>/dev/null; jn ${stage}; }`,
      { cwd },
    );
    assert.equal(outcome.stdout, '{"x":1}\n{"x":2}\n', described(outcome));
    assert.doesNotMatch(outcome.stderr, /jn/, described(outcome));
  });
}

test("standard output that somebody made non-blocking: every byte arrives at a slow reader", async (context) => {
  const cwd = folderWith(context);
  const outcome = await runPipes(
    `generate ndjson 3000000 > in.ndjson; { ${NON_BLOCKING("stdout")} 2>/dev/null; jn cat in.ndjson; echo $? > status; } | { sleep 0.5; cmp - in.ndjson; }; cat status`,
    { cwd },
  );
  assert.equal(outcome.stdout, "0\n", described(outcome));
});

test(
  "jn leaves the streams that it shares as they are: blocking",
  { skip: process.platform !== "linux" },
  async (context) => {
    const cwd = folderWith(context, { "in.csv": CSV });
    const outcome = await runPipes(
      `jn cat in.csv | { jn cat - missing.csv; jn put out.json; grep flags /proc/self/fdinfo/0 /proc/self/fdinfo/1 /proc/self/fdinfo/2; } 2>/dev/null | cat`,
      { cwd },
    );
    const flags = [...outcome.stdout.matchAll(/flags:\s*(\d+)/g)].map(([, octal]) => Number.parseInt(octal!, 8));
    assert.equal(flags.length, 3, described(outcome));
    for (const flag of flags) assert.equal(flag & 0o4000, 0, described(outcome));
  },
);

test("standard streams may be sockets, as Node makes them for its children", async (context) => {
  const cwd = folderWith(context);
  const left = spawn(process.execPath, [
    "-e",
    "setTimeout(() => process.stdout.write(JSON.stringify([1]) + '\\n'), 200)",
  ]);
  context.after(() => left.kill("SIGKILL"));
  let input = "";
  for await (const chunk of left.stdout) input += String(chunk);
  const outcome = await runJn(["cat"], { cwd, input });
  assert.equal(succeeded(outcome), "[1]\n", described(outcome));
});
