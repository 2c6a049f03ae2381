import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { detect } from "../src/runners/detection.ts";
import {
  described,
  execute,
  lastRun,
  PROGRAM,
  reportsOf,
  SYNTHETIC,
  threepio,
  workFolder,
} from "./support/threepio.ts";

test(
  "the exit code is the command's, 128 + n for a signal, 127 when it cannot be started",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    for (const [script, status] of [
      ["exit 0", 0],
      ["exit 42", 42],
      ["kill -TERM $$", 143],
    ] as const) {
      const outcome = await threepio(["bash", "-c", script], { cwd });
      assert.equal(outcome.status, status, described(outcome));
    }
    const outcome = await threepio(["there-is-no-such-program"], { cwd });
    assert.equal(outcome.status, 127, described(outcome));
    assert.match(
      outcome.stderr,
      /^3pio: cannot start there-is-no-such-program: there is no such program on the PATH$/m,
    );
  },
);

test(
  "what the command prints, both streams in order, is in output.log, and standard input is its own",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    const outcome = await threepio(["bash", "-c", "echo one; echo two >&2; cat; echo three"], { cwd });
    assert.equal(outcome.status, 0, described(outcome));
    assert.equal(readFileSync(join(lastRun(cwd), "output.log"), "utf8"), "one\ntwo\nthree\n");
  },
);

test(
  "nothing is waited for when the summary is printed (half a second that git was given kept every run from its end)",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    const hook = join(cwd, "hook.cjs");
    writeFileSync(
      hook,
      `const fs = require("node:fs");
      const { writeSync } = fs;
      fs.writeSync = (fd, bytes, ...rest) => {
        const waiting = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
        if (fd === 1 && String(bytes).includes("report: ")) fs.appendFileSync("timers", waiting() + "\\n");
        return writeSync(fd, bytes, ...rest);
      };`,
    );
    const outcome = await threepio(["true"], { cwd, env: { NODE_OPTIONS: `--require=${hook}` } });
    assert.equal(outcome.status, 0, described(outcome));
    assert.equal(readFileSync(join(cwd, "timers"), "utf8"), "0\n", described(outcome));
  },
);

test(
  "a command that cannot be started leaves no run (it left one that had CRASHED, as the latest)",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    const alone = await threepio(["there-is-no-such-program"], { cwd });
    assert.equal(alone.status, 127, described(alone));
    const none = await threepio(["verify"], { cwd });
    assert.match(none.stderr, /^3pio: there are no runs in .*runs yet; for example: 3pio pytest$/m, described(none));
    assert.equal((await threepio(["true"], { cwd })).status, 0);
    const before = readlinkSync(lastRun(cwd));
    const after = await threepio(["there-is-no-such-program"], { cwd });
    assert.equal(after.status, 127, described(after));
    assert.equal(readlinkSync(lastRun(cwd)), before);
    assert.equal((await threepio(["verify"], { cwd })).status, 0);
  },
);

test(
  "a run that fails without any result shows the end of what was printed (there was only a number)",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    const script = "seq 5000; printf 'the \\033[31mreason\\033[0m\\n'; exit 4";
    const failed = await threepio(["bash", "-c", script], { cwd });
    assert.equal(failed.status, 4, described(failed));
    const shown = failed.stdout.split("\n").filter((line) => line.startsWith("  | "));
    assert.deepEqual(shown.slice(-2), ["  | 5000", "  | the reason"], described(failed));
    assert.equal(shown.length, 10, described(failed));
    const passed = await threepio(["bash", "-c", "echo fine"], { cwd });
    assert.ok(!passed.stdout.includes("  | "), described(passed));
  },
);

for (const [signal, status] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  test(
    `${signal} goes to the whole process group, and the run counts as interrupted`,
    { timeout: 60_000 },
    async (context) => {
      const cwd = workFolder(context);
      // The grandchild says which signal it got; only then does the command end.
      const inner = `trap 'echo grandchild ${signal}; exit 0' ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`;
      writeFileSync(join(cwd, "inner.sh"), inner);
      const script = `trap : ${signal.slice(3)}; bash inner.sh; exit 5`;
      const child = spawn(process.execPath, [PROGRAM, "bash", "-c", script], { cwd, stdio: "ignore" });
      const closed = once(child, "close");
      const log = (): string => {
        const path = join(lastRun(cwd), "output.log");
        return existsSync(path) ? readFileSync(path, "utf8") : "";
      };
      while (!log().includes("ready")) await new Promise((resolve) => setTimeout(resolve, 10));
      child.kill(signal);
      const [code] = (await closed) as [number | null];
      assert.equal(code, status, log());
      assert.match(log(), new RegExp(`^grandchild ${signal}$`, "m"));
      const report = reportsOf(lastRun(cwd)).get("test-run.md")!;
      assert.match(report, /^status: INTERRUPTED$/m, report);
      assert.match(report, new RegExp(`^interrupted_by: ${signal}$`, "m"), report);
    },
  );
}

test(
  "a journal that cannot be written is said aloud, and changes nothing for the tests",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context, "node-test");
    // A file stands where the reporter wants to make its segment: root can write to any folder, but not into a file.
    const script = `rm -r "$THREEPIO_EVENTS" && touch "$THREEPIO_EVENTS" && node --test exits.test.cjs outcomes.test.cjs`;
    const outcome = await threepio(["bash", "-c", script, process.execPath], { cwd });
    assert.equal(outcome.status, 1, described(outcome));
    const log = readFileSync(join(lastRun(cwd), "output.log"), "utf8");
    assert.match(log, /the tests go on, but their report will not be complete/, log.slice(0, 2000));
    assert.match(log, /tests \d+/, "the runner's own report is complete");
  },
);

test("on a full disk the tests go on, and what was lost is said in numbers", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context);
  const mounted = await execute(["mount", "-t", "tmpfs", "-o", "size=120k", "tmpfs", cwd], { cwd: "/" });
  if (mounted.status !== 0) return context.skip("no file system can be mounted here");
  try {
    const outcome = await threepio([process.execPath, SYNTHETIC, "1000", "1", "1"], { cwd });
    assert.equal(outcome.status, 0, described(outcome));
    assert.match(outcome.stdout, /^journal NOT WHOLE: /m, described(outcome));
    assert.match(outcome.stdout, /1000 tests were collected, \d+ have a verdict/, described(outcome));
    assert.match(outcome.stderr, /no space left on the device/, described(outcome));
  } finally {
    await execute(["umount", cwd], { cwd: "/" });
  }
});

test("where no run folder can be made, the run goes elsewhere, and says so", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context);
  writeFileSync(join(cwd, ".3pio"), "a file stands in the way");
  const outcome = await threepio(["bash", "-c", "exit 3"], { cwd, env: { TMPDIR: cwd } });
  assert.equal(outcome.status, 3, described(outcome));
  assert.match(outcome.stderr, /this run goes to .*3pio-\d+\/\S+ instead/, described(outcome));
  const verified = await threepio(["verify"], { cwd, env: { TMPDIR: cwd } });
  assert.match(verified.stdout, /journal/, described(verified));
});

test(
  "regression: a user whom the system has no name for was told of an error of the system",
  { timeout: 60_000 },
  async (context) => {
    if (process.getuid?.() !== 0) return context.skip("only root can become somebody else");
    const module = new URL("../src/run/spare-root.js", import.meta.url).href;
    const code = `import { spareRoot } from ${JSON.stringify(module)}; process.setuid(54321); console.log(spareRoot("/x"));`;
    const outcome = await execute([process.execPath, "--input-type=module", "-e", code], { cwd: "/" });
    assert.match(outcome.stdout, /\/3pio-54321\/x-[0-9a-f]{8}\n$/, described(outcome));
  },
);

test("nobody else's folder is taken for the runs that go elsewhere", { timeout: 60_000 }, async (context) => {
  if (process.getuid?.() !== 0) return context.skip("only root can give a folder away");
  const cwd = workFolder(context);
  const temporary = workFolder(context);
  writeFileSync(join(cwd, ".3pio"), "a file stands in the way");
  mkdirSync(join(temporary, "3pio-0"));
  chownSync(join(temporary, "3pio-0"), 65_534, 65_534);
  const outcome = await threepio(["bash", "-c", "exit 3"], { cwd, env: { TMPDIR: temporary } });
  assert.match(outcome.stderr, /3pio-0 belongs to somebody else; set TMPDIR/, described(outcome));
});

test(
  "a read-only folder is called one (it was said that there is no such file)",
  { timeout: 60_000 },
  async (context) => {
    const cwd = workFolder(context);
    const elsewhere = workFolder(context);
    const mounted = await execute(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", cwd], { cwd: "/" });
    if (mounted.status !== 0) return context.skip("no file system can be mounted here");
    try {
      const outcome = await threepio(["bash", "-c", "exit 3"], { cwd, env: { TMPDIR: elsewhere } });
      assert.equal(outcome.status, 3, described(outcome));
      const said = /^3pio: cannot create .*\/\.3pio\/runs: the file system is read-only; this run goes to .* instead$/m;
      assert.match(outcome.stderr, said, described(outcome));
      assert.match(outcome.stdout, /^report: .*test-run\.md$/m, described(outcome));
      // Queries in that folder find it; those of another folder do not.
      const list = await threepio(["list"], { cwd, env: { TMPDIR: elsewhere } });
      assert.match(list.stdout, /bash/, described(list));
      const other = await threepio(["failures"], { cwd: elsewhere, env: { TMPDIR: elsewhere } });
      assert.equal(other.status, 2, described(other));
      assert.match(other.stderr, /there are no runs in/, described(other));
    } finally {
      await execute(["umount", cwd], { cwd: "/" });
    }
  },
);

test("a report that cannot be written is said aloud, and the exit code stays", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context);
  const script = `mkdir -p "$THREEPIO_EVENTS/../test-run.md/in-the-way"; exit 6`;
  const outcome = await threepio(["bash", "-c", script], { cwd });
  assert.equal(outcome.status, 6, described(outcome));
  assert.match(outcome.stderr, /could not write the reports: .*test-run\.md/, described(outcome));
});

test("explain shows the command and its environment, and starts nothing", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context, "npm-node-test");
  const npm = await threepio(["explain", "--", "npm", "test"], { cwd });
  assert.match(
    npm.stdout,
    /^runner: node:test\nrecognised by: node --test sum\.test\.cjs\ncommand: npm test$/m,
    described(npm),
  );
  for (const asked of [["--message-format", "human"], ["--message-format=human"]]) {
    const nextest = await threepio(["explain", "cargo", "nextest", "run", ...asked], { cwd });
    const events = /^command: cargo nextest run --message-format[= ]libtest-json-plus$/m;
    assert.match(nextest.stdout, events, described(nextest));
  }
  const go = await threepio(["explain", "/usr/local/go/bin/go", "test", "./...", "-run", "A"], { cwd });
  assert.match(go.stdout, /^command: \/usr\/local\/go\/bin\/go test -json \.\/\.\.\. -run A$/m, described(go));
  writeFileSync(join(cwd, "Makefile"), "all:\n\ttrue\ntest: all\n\t@echo start\n\t-go test ./... && go vet ./...\n");
  const make = await threepio(["explain", "make", "test"], { cwd, env: { GOFLAGS: "-count=1" } });
  assert.match(
    make.stdout,
    /^runner: go test\nrecognised by: go test \.\/\.\.\.\ncommand: make test$/m,
    described(make),
  );
  assert.match(make.stdout, /^ {2}GOFLAGS='-count=1 -json'$/m, described(make));
  const unknown = await threepio(["explain", "--runner", "pytst", "x"], { cwd });
  assert.equal(unknown.status, 2, described(unknown));
  assert.match(unknown.stderr, /there is no runner 'pytst'; did you mean 'pytest'\?/, described(unknown));
  assert.ok(!existsSync(join(cwd, ".3pio")));
});

test(
  "a runner is recognised by what is typed and by scripts, never by what the project depends on",
  { timeout: 60_000 },
  (context) => {
    const cwd = workFolder(context);
    const scripts = {
      test: "cross-env CI=1 vitest run",
      unit: "npm run test -- --x",
      all: "turbo run check",
      w: "echo 'a && b' | cat",
    };
    const devDependencies = { jest: "*", mocha: "*" };
    writeFileSync(join(cwd, "package.json"), JSON.stringify({ scripts, devDependencies }));
    mkdirSync(join(cwd, "packages/one"), { recursive: true });
    writeFileSync(join(cwd, "packages/one/package.json"), JSON.stringify({ scripts: { check: "mocha" } }));
    for (const [command, runner] of [
      ["npm test", "vitest"],
      ["npm t", "vitest"],
      ["pnpm test", "vitest"],
      ["yarn unit", "vitest"],
      ["bun run unit", "vitest"],
      ["npm run all", "mocha"],
      ["npx turbo run check", "mocha"],
      ["npm run w", "unknown"],
      ["npm run build", "unknown"],
      ["uv run pytest -q", "pytest"],
      ["python3 -m pytest", "pytest"],
      ["poetry run py.test", "pytest"],
      ["node_modules/.bin/jest --ci", "jest"],
      ["bash -c 'cd x && npx jest@29'", "jest"],
      ["cargo +nightly test", "cargo test"],
      ["cargo nextest run --workspace", "cargo nextest"],
      ["cargo nextest list", "unknown"],
      ["cargo build", "unknown"],
      ["go vet", "unknown"],
      ["node server.js --test", "unknown"],
      ["node --import tsx --test", "node:test"],
    ] as const) {
      const words = command.startsWith("bash") ? ["bash", "-c", "cd x && npx jest@29"] : command.split(" ");
      assert.equal(detect(words, cwd, undefined).runner?.name ?? "unknown", runner, command);
    }
  },
);

test("help names every command and runner; a wrong flag gets a suggestion", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context);
  const help = await threepio(["--help"], { cwd });
  for (const word of [
    "run",
    "explain",
    "rebuild",
    "verify",
    "pytest",
    "node:test",
    "vitest",
    "jest",
    "mocha",
    "go test",
    "cargo nextest",
    "tap",
  ]) {
    assert.match(help.stdout, new RegExp(`^  ${word} +\\S`, "m"), described(help));
  }
  const wrong = await threepio(["run", "--durabilty", "end", "true"], { cwd });
  assert.equal(wrong.status, 2, described(wrong));
  assert.match(wrong.stderr, /there is no flag --durabilty; did you mean '--durability'\?/, described(wrong));
  const value = await threepio(["run", "--durability", "often", "true"], { cwd });
  assert.match(value.stderr, /--durability is one of event, interval, end, none, not 'often'/, described(value));
  chmodSync(cwd, 0o755);
});
