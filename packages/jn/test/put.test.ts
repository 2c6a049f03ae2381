import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { described, failed, folderWith, JN_PATH, runJn, runShell, succeeded } from "./support/jn.ts";
import { pidIn, release, runPipes, startShell, temporaryFiles, until } from "./support/live.ts";

const TWO = '{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n';
const TWO_JSON = '[\n{"a":1,"b":"x"},\n{"a":2,"b":"y"}\n]\n';
const OLD = "what was there before\n";
const HAS_FULL = statSync("/dev/full", { throwIfNoEntry: false }) !== undefined;
const IS_ROOT = process.getuid?.() === 0;

/** The names of a folder, sorted. */
function namesIn(folder: string): string[] {
  return readdirSync(folder).toSorted();
}

// 1. What it writes

for (const [address, content] of [
  ["out.json", TWO_JSON],
  ["out.JSON", TWO_JSON],
  ["out.csv", "a,b\n1,x\n2,y\n"],
  ["out.tsv", "a\tb\n1\tx\n2\ty\n"],
  ["out.ndjson", TWO],
  ["out.jsonl", TWO],
  ["out~json", TWO_JSON],
  ["out.txt~csv", "a,b\n1,x\n2,y\n"],
  ["out.csv~tsv", "a\tb\n1\tx\n2\ty\n"],
  ["out.csv?delimiter=%7C", "a|b\n1|x\n2|y\n"],
  ["out.csv?delimiter=;&header=false&columns=b,a", "x;1\ny;2\n"],
  ["out.csv~csv?columns=b", "b\nx\ny\n"],
  ["odd name %41.csv", "a,b\n1,x\n2,y\n"],
] as const) {
  test(`put ${address}: the format is that of ~FORMAT, else of the extension; the file is complete and alone`, async (context) => {
    const cwd = folderWith(context);
    const outcome = await runJn(["put", address], { cwd, input: TWO });
    assert.equal(succeeded(outcome), "", described(outcome));
    const name = address.replace(/[~?].*$/, "");
    assert.deepEqual(namesIn(cwd), [name], described(outcome));
    assert.equal(readFileSync(join(cwd, name), "utf8"), content, described(outcome));
  });
}

test("put without any record: [] as JSON, nothing as CSV, TSV and NDJSON", async (context) => {
  const cwd = folderWith(context);
  for (const [name, content] of [
    ["a.json", "[]\n"],
    ["a.csv", ""],
    ["a.tsv", ""],
    ["a.ndjson", ""],
  ] as const) {
    for (const input of ["", "\n \n"]) {
      const outcome = await runJn(["put", name], { cwd, input });
      succeeded(outcome);
      assert.equal(readFileSync(join(cwd, name), "utf8"), content, described(outcome));
    }
  }
});

test("put --union: a column for every key; without it a new key is an error that names it", async (context) => {
  const cwd = folderWith(context, { "out.csv": OLD });
  const input = '{"a":1}\n{"b":2,"a":3}\n{"c":null}\n';
  const refused = await runJn(["put", "out.csv"], { cwd, input });
  failed(refused, 3, /^jn put: standard input:2.*'?b'?/);
  assert.equal(readFileSync(join(cwd, "out.csv"), "utf8"), OLD, described(refused));
  const outcome = await runJn(["put", "--union", "out.csv"], { cwd, input });
  succeeded(outcome);
  assert.equal(readFileSync(join(cwd, "out.csv"), "utf8"), "a,b,c\n1,,\n3,2,\n,,\n", described(outcome));
  assert.deepEqual(namesIn(cwd), ["out.csv"], described(outcome));
});

// 2. Where it writes

test("put -, /dev/stdout and /dev/fd/N write to what is open there", async (context) => {
  const cwd = folderWith(context, { "in.ndjson": TWO });
  for (const [command, output] of [
    ["jn put - < in.ndjson", TWO],
    ["jn put -~json < in.ndjson", TWO_JSON],
    ["jn put /dev/stdout < in.ndjson", TWO],
    ["jn put '/dev/stdout~csv?header=false' < in.ndjson", "1,x\n2,y\n"],
    ["jn put /dev/fd/3~csv < in.ndjson 3> three; cat three", "a,b\n1,x\n2,y\n"],
    ["jn put >(cat)~csv < in.ndjson | cat", "a,b\n1,x\n2,y\n"],
    ["{ echo first; jn put /dev/stdout < in.ndjson; } > all; cat all", `first\n${TWO}`],
  ] as const) {
    const outcome = await runShell(command, { cwd });
    assert.equal(succeeded(outcome), output, described(outcome));
  }
});

test("put to a FIFO or a device writes there, and leaves it what it is", async (context) => {
  const cwd = folderWith(context, { "in.ndjson": TWO });
  const outcome = await runShell(
    "mkfifo pipe.csv; cat pipe.csv & jn put pipe.csv < in.ndjson; wait; test -p pipe.csv && jn put /dev/null~json < in.ndjson && test -c /dev/null",
    { cwd },
  );
  assert.equal(succeeded(outcome), "a,b\n1,x\n2,y\n", described(outcome));
  assert.deepEqual(namesIn(cwd), ["in.ndjson", "pipe.csv"], described(outcome));
});

test("put through a symbolic link writes the file that it means, existing or not; the link stays", async (context) => {
  const cwd = folderWith(context);
  mkdirSync(join(cwd, "data"));
  writeFileSync(join(cwd, "data/old.json"), OLD);
  symlinkSync("data/old.json", join(cwd, "link.json"));
  symlinkSync("data/new.json", join(cwd, "dangling.json"));
  symlinkSync("dangling.json", join(cwd, "twice.json"));
  for (const [link, target] of [
    ["link.json", "data/old.json"],
    ["twice.json", "data/new.json"],
    ["dangling.json", "data/new.json"],
  ] as const) {
    const outcome = await runJn(["put", link], { cwd, input: TWO });
    succeeded(outcome);
    assert.ok(lstatSync(join(cwd, link)).isSymbolicLink(), described(outcome));
    assert.equal(realpathSync(join(cwd, link)), realpathSync(join(cwd, target)), described(outcome));
    assert.equal(readFileSync(join(cwd, target), "utf8"), TWO_JSON, described(outcome));
  }
  assert.equal(readlinkSync(join(cwd, "twice.json")), "dangling.json");
  assert.deepEqual(namesIn(join(cwd, "data")), ["new.json", "old.json"]);
});

test("put keeps the permissions of the file it replaces", async (context) => {
  const cwd = folderWith(context, { "out.json": OLD });
  for (const mode of [0o600, 0o640, 0o755, 0o666]) {
    chmodSync(join(cwd, "out.json"), mode);
    const outcome = await runJn(["put", "out.json"], { cwd, input: TWO });
    succeeded(outcome);
    assert.equal(statSync(join(cwd, "out.json")).mode & 0o7777, mode, described(outcome));
  }
});

test("the same file may be source and target", async (context) => {
  const rows = Array.from({ length: 20_000 }, (_, index) => `${index},row ${index}\n`).join("");
  const cwd = folderWith(context, { "same.csv": `id,name\n${rows}` });
  const outcome = await runShell("jn cat same.csv | jn filter '.id % 2 == 0' | jn put same.csv; wc -l < same.csv", {
    cwd,
  });
  assert.equal(succeeded(outcome), "10001\n", described(outcome));
});

test("two puts to one target at a time: one of the two results is there, whole, and nothing else", async (context) => {
  const cwd = folderWith(context);
  const outcome = await runPipes(
    "for i in 1 2 3 4; do yes $i | head -n 50000 | jn put out.ndjson & done; wait; sort -u out.ndjson | wc -l; wc -l < out.ndjson",
    { cwd },
  );
  assert.equal(succeeded(outcome), "1\n50000\n", described(outcome));
  assert.deepEqual(namesIn(cwd), ["out.ndjson"], described(outcome));
});

// 3. What may go wrong: the target is as it was

for (const [what, address, input] of [
  ["a line that is no JSON", "out.json", `${TWO}nonsense\n${TWO}`],
  ["a last line that is cut", "out.json", `${TWO}{"a":`],
  ["invalid UTF-8", "out.ndjson", Buffer.concat([Buffer.from(TWO), Buffer.from('"\xff"\n', "latin1")])],
  ["a record that is no object, for CSV", "out.csv", `${TWO}[1]\n`],
  ["a record too long", "out.json", `${TWO}"${"x".repeat(3000)}"\n`],
  ["a bad record after a megabyte", "out.json", `${TWO.repeat(40_000)}{"a":1]\n`],
] as const) {
  test(`put leaves the target as it was: ${what}`, async (context) => {
    const cwd = folderWith(context, { [address]: OLD });
    const outcome = await runJn(["put", address, "--max-record-bytes", "2K"], { cwd, input });
    failed(outcome, 3, /^jn put: /);
    assert.equal(readFileSync(join(cwd, address), "utf8"), OLD, described(outcome));
    assert.deepEqual(namesIn(cwd), [address], described(outcome));
    // Nor does a target appear that was not there.
    const fresh = await runJn(["put", `new-${address}`, "--max-record-bytes", "2K"], { cwd, input });
    failed(fresh, 3, /^jn put: /);
    assert.deepEqual(namesIn(cwd), [address], described(fresh));
  });
}

for (const [what, upstream, status] of [
  ["has bad data", "jn cat bad.csv", 3],
  ["has bad data, two stages before", "jn cat bad.csv | jn filter .", 3],
  ["lacks its file", "jn cat missing.csv", 4],
  ["fails in its expression", "jn cat good.csv | jn filter '.a | error'", 3],
  ["does not understand its arguments", "jn ca good.csv", 2],
  [
    "is killed",
    // Between two records: 64,000 bytes that a pipe holds, 72,000 as JSON, so that put has begun its file.
    "mkfifo in; exec 8<>in; yes '{\"a\":1}' | head -n 8000 >&8; { as cat cat <&8 & until [ -s .out.json.*.tmp ]; do sleep 0.1; done; kill -9 $!; }",
    137,
  ],
] as const) {
  test(`put leaves the target as it was when a stage before it ${what}, and ends with its code`, async (context) => {
    const rows = "1,x\n".repeat(20_000);
    const cwd = folderWith(context, { "bad.csv": `a,b\n${rows}1\n`, "good.csv": `a,b\n${rows}`, "out.json": OLD });
    const outcome = await runPipes(`${upstream} | jn put out.json; echo $?`, { cwd });
    assert.equal(outcome.stdout, `${status}\n`, described(outcome));
    assert.match(outcome.stderr, /^jn put: jn( \w+)? failed, so out\.json is left as it was: /m, described(outcome));
    assert.equal(readFileSync(join(cwd, "out.json"), "utf8"), OLD, described(outcome));
    assert.deepEqual(temporaryFiles(cwd), []);
  });
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"] as const) {
  test(`${signal} while put writes: the target is as it was${signal === "SIGKILL" ? "" : ", and nothing else is left"}`, async (context) => {
    const cwd = folderWith(context, { "out.json": OLD });
    const child = spawn(process.execPath, [JN_PATH, "put", "out.json"], { cwd, stdio: ["pipe", "pipe", "pipe"] });
    context.after(() => child.kill("SIGKILL"));
    child.stdin.on("error", () => undefined);
    child.stdin.write(TWO.repeat(100_000));
    while (!temporaryFiles(cwd).some(({ bytes }) => bytes > 1_000_000)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    child.kill(signal);
    const [status, ended] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    assert.deepEqual([status, ended], [null, signal]);
    assert.equal(readFileSync(join(cwd, "out.json"), "utf8"), OLD);
    if (signal === "SIGKILL") assert.ok(temporaryFiles(cwd).every(({ name }) => name.startsWith(".out.json.")));
    else assert.deepEqual(namesIn(cwd), ["out.json"]);
  });
}

test("the shell sees 143 after SIGTERM and 130 after SIGINT", async (context) => {
  const cwd = folderWith(context, { "out.json": OLD });
  for (const [signal, status] of [
    ["TERM", 143],
    ["INT", 130],
  ] as const) {
    const outcome = await runPipes(
      // A FIFO that the shell itself keeps open: its end never comes.
      `rm -f put.pid fifo; mkfifo fifo; exec 8<>fifo; ( trap - INT; as put put out.json <&8 ) & job=$!
       until ls -A | grep -q tmp; do sleep 0.05; done; kill -${signal} $(cat put.pid); wait $job; echo $?`,
      { cwd },
    );
    assert.equal(outcome.stdout, `${status}\n`, described(outcome));
    assert.deepEqual(namesIn(cwd), ["fifo", "out.json", "put.pid"], described(outcome));
    assert.equal(readFileSync(join(cwd, "out.json"), "utf8"), OLD, described(outcome));
  }
});

test("Ctrl-C, which reaches every stage at once: the target is as it was, and nothing else is left", async (context) => {
  const cwd = folderWith(context, { "out.json": OLD });
  for (let round = 0; round < 3; round++) {
    const live = startShell("generate ndjson 1000000000 | jn cat | jn filter '.x > 1' | as put put out.json", {
      cwd,
      ownGroup: true,
    });
    context.after(() => spawnSync("kill", ["-KILL", "--", `-${live.child.pid}`]));
    await until(live, () => temporaryFiles(cwd).some(({ bytes }) => bytes > round * 400_000));
    process.kill(-live.child.pid!, "SIGINT");
    const outcome = await live.outcome;
    // bash may go first; put has been told to stop as well.
    const put = pidIn(cwd, "put")!;
    while (isAlive(put)) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.notEqual(outcome.status, 0, described(outcome));
    assert.equal(readFileSync(join(cwd, "out.json"), "utf8"), OLD, described(outcome));
    assert.deepEqual(namesIn(cwd), ["out.json", "put.pid"], described(outcome));
  }
});

test("a reader of the target sees the old file until the new one is complete", async (context) => {
  const cwd = folderWith(context, { "out.ndjson": OLD });
  const live = startShell("mkfifo go; { yes 1 | head -n 100000; read -r < go; echo 2; } | jn put out.ndjson", { cwd });
  context.after(() => live.child.kill("SIGKILL"));
  await until(live, () => temporaryFiles(cwd).some(({ bytes }) => bytes >= 65_536));
  assert.equal(readFileSync(join(cwd, "out.ndjson"), "utf8"), OLD);
  await release(cwd, "go");
  const outcome = await live.outcome;
  succeeded(outcome);
  assert.equal(readFileSync(join(cwd, "out.ndjson"), "utf8"), `${"1\n".repeat(100_000)}2\n`, described(outcome));
});

test("a full device: exit 4 and a message", { skip: !HAS_FULL && "there is no /dev/full" }, async () => {
  for (const address of ["/dev/full~json", "/dev/full~csv", "/dev/full~ndjson"]) {
    for (const input of [TWO, TWO.repeat(50_000)]) {
      const outcome = await runJn(["put", address], { input });
      failed(outcome, 4, /^jn put: cannot write \/dev\/full: no space left on the device/);
    }
  }
});

test("a full disk: exit 4 and a message, the target as it was, nothing else left", async (context) => {
  const cwd = folderWith(context);
  // A mount of our own, which is gone with the shell.
  const mount = "mkdir small && mount -t tmpfs -o size=256k none small";
  const unshare = IS_ROOT ? "unshare -m" : "unshare -Urm";
  if (spawnSync("bash", ["-c", `${unshare} bash -c '${mount}'`], { cwd }).status !== 0) {
    context.skip("this user may not mount a small disk");
    return;
  }
  const small = folderWith(context, { old: OLD });
  const script = join(small, "script");
  writeFileSync(
    script,
    `${mount}; cp old small/out.json; yes '{"a":1}' | head -n 100000 | '${process.execPath}' '${JN_PATH}' put small/out.json
     echo $?; cat small/out.json; ls -A small`,
  );
  const outcome = await runPipes(`${unshare} bash script`, { cwd: small });
  assert.match(
    outcome.stderr,
    /^jn put: cannot write small\/out\.json: no space left on the device/,
    described(outcome),
  );
  assert.equal(outcome.stdout, `4\n${OLD}out.json\n`, described(outcome));
});

test("a file size limit: exit 4 and a message, the target as it was, nothing else left", async (context) => {
  const cwd = folderWith(context, { "out.json": OLD });
  const outcome = await runPipes(`trap '' XFSZ; ulimit -f 64; yes '{"a":1}' | head -n 100000 | jn put out.json`, {
    cwd,
  });
  failed(outcome, 4, /^jn put: cannot write out\.json: /);
  assert.equal(readFileSync(join(cwd, "out.json"), "utf8"), OLD, described(outcome));
  assert.deepEqual(namesIn(cwd), ["out.json"], described(outcome));
});

for (const [address, message] of [
  ["folder.json", /cannot create folder\.json: it is a directory/],
  ["folder~json", /cannot create folder: it is a directory/],
  [".~json", /cannot create \.: it is a directory/],
  ["missing/out.json", /cannot create missing\/out\.json: no such file or directory/],
  ["file/out.json", /file\/out\.json: a part of the path is not a directory/],
  ["loop.json", /loop\.json: too many symbolic links/],
  [`${"x".repeat(300)}.json`, /: the name is too long/],
  ["/dev/fd/99~json", /cannot use descriptor 99: the descriptor is not open/],
] as const) {
  test(`put ${address.slice(0, 40)}: exit 4, before anything is read`, async (context) => {
    const cwd = folderWith(context, { file: OLD, in: TWO });
    for (const name of ["folder.json", "folder"]) mkdirSync(join(cwd, name));
    symlinkSync("loop.json", join(cwd, "loop.json"));
    const before = namesIn(cwd);
    const outcome = await runShell(`{ jn put ${address}; echo $?; cat; } < in`, { cwd });
    assert.equal(outcome.stdout, `4\n${TWO}`, described(outcome));
    assert.match(outcome.stderr, message, described(outcome));
    assert.equal(outcome.stderr.split("\n").length, 2, described(outcome));
    assert.deepEqual(namesIn(cwd), before, described(outcome));
  });
}

test("a folder or file that is write-protected is not written to: exit 4", async (context) => {
  const cwd = folderWith(context);
  chmodSync(cwd, 0o755);
  for (const name of ["folder", "open"]) mkdirSync(join(cwd, name));
  writeFileSync(join(cwd, "folder/out.json"), OLD);
  writeFileSync(join(cwd, "open/out.json"), OLD);
  chmodSync(join(cwd, "folder"), 0o555);
  chmodSync(join(cwd, "open"), 0o777);
  chmodSync(join(cwd, "open/out.json"), 0o444);
  // Nothing is protected from root, who asks as nobody, with a copy of jn that nobody can read.
  cpSync(dirname(JN_PATH), cwd, { recursive: true });
  const nobody = IS_ROOT ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : "";
  const node = `${nobody}'${process.execPath}'`;
  if (spawnSync("bash", ["-c", `${node} jn.cjs --version`], { cwd }).status !== 0) {
    context.skip("root cannot run Node as nobody here");
    return;
  }
  const outcomes = [];
  for (const target of ["folder/new.json", "folder/out.json", "open/out.json"]) {
    outcomes.push(await runShell(`echo 1 | ${node} jn.cjs put ${target}`, { cwd }));
  }
  chmodSync(join(cwd, "folder"), 0o755);
  for (const outcome of outcomes) {
    failed(outcome, 4, /^jn put: cannot (create|write) \S+: permission denied\n$/);
  }
  assert.equal(readFileSync(join(cwd, "folder/out.json"), "utf8"), OLD);
  assert.equal(readFileSync(join(cwd, "open/out.json"), "utf8"), OLD);
  assert.deepEqual([namesIn(join(cwd, "folder")), namesIn(join(cwd, "open"))], [["out.json"], ["out.json"]]);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
