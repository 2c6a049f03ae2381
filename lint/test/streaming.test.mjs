// Each streaming rule against sources that it must refuse and sources that it must accept, through the real oxlint.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { standardStreamUsers } from "../standard-streams.mjs";
import { lint, root } from "./workspace.mjs";

const examples = {
  "no-process-exit": {
    bad: [
      `process.exit(1);`,
      `process["exit"]();`,
      `globalThis.process.exit(2);`,
      `import { exit } from "node:process"; exit(0);`,
      `import { exit as leave } from "node:process"; Promise.reject(new Error("no")).catch(leave);`,
      `import * as me from "node:process"; me.exit();`,
      `import me from "node:process"; me.exit();`,
      `const { exit } = process; exit(3);`,
    ],
    good: [
      `process.exitCode = 1;`,
      `process.on("exit", () => undefined);`,
      `const process = { exit(): void {} }; process.exit();`,
      `export function exit(): number { return 1; } exit();`,
      `process.kill(process.pid, "SIGTERM");`,
    ],
  },
  "no-whole-output": {
    bad: [
      `import { execSync } from "node:child_process"; execSync("date");`,
      `import { exec } from "node:child_process"; exec("date", () => undefined);`,
      `import { execFile } from "child_process"; execFile("date", () => undefined);`,
      `import { execFileSync as run } from "node:child_process"; run("date", [], { stdio: "ignore" });`,
      `import * as childProcess from "node:child_process"; childProcess.execFileSync("date");`,
      `import { spawnSync } from "node:child_process"; spawnSync("date");`,
      `import { spawnSync } from "node:child_process"; spawnSync("date", [], { stdio: "pipe" });`,
      `import { spawnSync } from "node:child_process"; spawnSync("date", [], { stdio: ["ignore", "pipe", "inherit"] });`,
      `import { spawnSync } from "node:child_process"; spawnSync("date", [], { stdio: ["ignore", "inherit"] });`,
      `import { spawnSync } from "node:child_process"; const options = { cwd: "/" }; spawnSync("date", options);`,
      `import { spawnSync } from "node:child_process"; export const f = (o: object) => spawnSync("date", o);`,
      `const { execFileSync } = await import("node:child_process"); execFileSync("date");`,
      `const childProcess = await import("node:child_process"); childProcess.execSync("date");`,
      `import { spawnSync } from "node:child_process"; spawnSync("date", { stdio: "inherit", maxBuffer: 1 });`,
    ],
    good: [
      `import { spawnSync } from "node:child_process"; spawnSync("date", [], { stdio: "inherit" });`,
      `import { spawnSync } from "node:child_process"; spawnSync("date", [], { stdio: ["ignore", 1, 2] });`,
      `import { spawnSync } from "node:child_process"; export const f = (fd: number) => spawnSync("date", { stdio: [0, fd, fd] });`,
      `import { spawnSync } from "node:child_process"; const quiet = { stdio: "ignore" } as const; spawnSync("date", { ...quiet });`,
      `export const matches = /a/.exec("a");`,
      `export const capture = { maxBuffer: 65_536 };`,
      `const parts: Buffer[] = []; for (const part of ["a"]) parts.push(Buffer.from(part)); export const all = Buffer.concat(parts);`,
    ],
  },
  "no-read-to-end": {
    bad: [
      `import { text } from "node:stream/consumers"; export { text };`,
      `export { buffer } from "node:stream/consumers";`,
      `export const { json } = await import("node:stream/consumers");`,
      `import { readFileSync } from "node:fs"; readFileSync(0);`,
      `import { readFileSync } from "node:fs"; readFileSync("/dev/stdin", "utf8");`,
      `import * as fs from "node:fs"; fs.readFileSync(\`/dev/fd/0\`);`,
      `import { readFileSync } from "node:fs"; const STDIN = 0; readFileSync(STDIN);`,
      `import { readFileSync } from "node:fs"; readFileSync(process.stdin.fd);`,
      `import { readFile } from "node:fs/promises"; await readFile("/dev/stdin");`,
      `import { promises } from "node:fs"; await promises.readFile("/dev/stdin");`,
      `import { createReadStream } from "node:fs"; await createReadStream("a").toArray();`,
      `import { createReadStream } from "node:fs"; const file = createReadStream("a"); await file.map(String).toArray();`,
      `import { Readable } from "node:stream"; await Readable.from(["a"]).toArray();`,
      `import { spawn } from "node:child_process"; const c = spawn("a"); c.on("close", () => undefined); await c.stdout.toArray();`,
    ],
    good: [
      `import { readFileSync } from "node:fs"; export const read = (path: string | number) => readFileSync(path);`,
      `import { readFileSync } from "node:fs"; readFileSync("package.json", "utf8");`,
      `import { readFile } from "node:fs/promises"; await readFile(new URL("a", import.meta.url));`,
      `import { readSync } from "node:fs"; readSync(0, Buffer.alloc(65_536));`,
      `export const toArray = (bag: { toArray(): string[] }) => bag.toArray();`,
      `import { createReadStream } from "node:fs"; for await (const part of createReadStream("a")) String(part);`,
    ],
  },
  "no-shell": {
    bad: [
      `import { exec } from "node:child_process"; exec("date");`,
      `import * as childProcess from "node:child_process"; childProcess.execSync("date");`,
      `import { spawn } from "node:child_process"; spawn("date", { shell: true }).on("close", () => undefined);`,
      `import { spawn } from "node:child_process"; spawn("date", { shell: "/bin/sh" }).on("close", () => undefined);`,
      `import { spawn } from "node:child_process"; const options = { shell: Boolean("x") }; spawn("date", options).on("close", () => undefined);`,
      `import { spawn, type SpawnOptions } from "node:child_process"; const o: SpawnOptions = {}; o.shell = true; spawn("date", o).on("close", () => undefined);`,
      `import { spawn } from "node:child_process"; spawn("bash", ["-c", "date"]).on("close", () => undefined);`,
      `import { spawnSync } from "node:child_process"; spawnSync("/bin/sh", ["-c", "date"], { stdio: "ignore" });`,
      `const { spawn } = await import("node:child_process"); spawn("date", { shell: true }).on("close", () => undefined);`,
    ],
    good: [
      `import { spawn } from "node:child_process"; spawn("date", { shell: false }).on("close", () => undefined);`,
      `import { spawn } from "node:child_process"; spawn("date").on("close", () => undefined);`,
      `export const completion = { shell: "bash" };`,
      `export const found = /a/.exec("a");`,
    ],
  },
  "no-unwaited-child": {
    bad: [
      `import { spawn } from "node:child_process"; spawn("date");`,
      `import { fork } from "node:child_process"; void fork("a.js");`,
      `import { spawn } from "node:child_process"; spawn("date").unref();`,
      `import { spawn } from "node:child_process"; spawn("date").on("error", () => undefined);`,
      `import { spawn } from "node:child_process"; export const out = spawn("date").stdout;`,
      `import { spawn } from "node:child_process"; export const { pid } = spawn("date");`,
      `import { spawn } from "node:child_process"; const child = spawn("date"); child.unref();`,
      `import { spawn } from "node:child_process"; const child = spawn("date"); child.on("error", () => undefined);`,
      `import { spawn } from "node:child_process"; export function start() { return spawn("date"); }`,
      `import { spawn } from "node:child_process"; process.on("exit", () => undefined); export const child = { it: spawn("date") };`,
      // Waiting for one child is not waiting for another.
      `import { spawn } from "node:child_process"; const a = spawn("a"); a.on("close", () => undefined); const b = spawn("b"); b.kill();`,
      `import * as childProcess from "node:child_process"; childProcess.spawn("date");`,
      `const { spawn } = await import("node:child_process"); spawn("date");`,
    ],
    good: [
      `import { spawn } from "node:child_process"; spawn("date").once("close", () => undefined);`,
      `import { spawn } from "node:child_process"; spawn("date").on("error", () => undefined).on("exit", () => undefined);`,
      `import { spawn } from "node:child_process"; const child = spawn("date"); child.on("close", () => undefined);`,
      `import { spawn } from "node:child_process"; import { once } from "node:events"; const child = spawn("date"); await once(child, "close");`,
      `import { spawn } from "node:child_process"; import { once } from "node:events"; await once(spawn("date"), "exit");`,
      `import { spawn, type ChildProcess } from "node:child_process"; let child: ChildProcess; child = spawn("date"); child.once("exit", () => undefined);`,
      `import { fork } from "node:child_process"; import events from "node:events"; const child = fork("a.js"); await events.once(child, "close");`,
      // Handed over within the file, and waited for there.
      `import { spawn, type ChildProcess } from "node:child_process"; wait(spawn("date")); function wait(child: ChildProcess) { child.once("close", () => undefined); }`,
      `import { spawn, type ChildProcess } from "node:child_process"; const all: ChildProcess[] = []; const child = spawn("date"); all.push(child); for (const one of all) one.on("close", () => undefined);`,
      `export const spawn = (name: string) => name; spawn("frog");`,
    ],
  },
  "no-standard-streams": {
    bad: [
      `process.stdout.write("a");`,
      `export const wide = process.stderr.isTTY;`,
      `process["stdin"].resume();`,
      `globalThis.process.stdin.resume();`,
      `import { stdout } from "node:process"; stdout.write("a");`,
      `import me from "node:process"; me.stdout.write("a");`,
      `const { stderr } = process; stderr.write("a");`,
    ],
    good: [
      `import { writeSync } from "node:fs"; writeSync(1, "a");`,
      `import { isatty } from "node:tty"; export const wide = isatty(1);`,
      `export const read = (child: { stdout: string }) => child.stdout;`,
      `process.exitCode = process.argv.length;`,
    ],
  },
};

const cases = Object.entries(examples).flatMap(([rule, { bad, good }]) => [
  ...bad.map((source, index) => ({ rule, source, bad: true, path: `packages/one/src/${rule}-bad-${index}.ts` })),
  ...good.map((source, index) => ({ rule, source, bad: false, path: `packages/one/src/${rule}-good-${index}.ts` })),
]);

// One run for all of them: starting oxlint is what takes the time.
const found = lint(Object.fromEntries(cases.map(({ path, source }) => [path, asModule(source)])));

for (const { rule, source, bad, path } of cases) {
  test(`${rule} ${bad ? "refuses" : "accepts"} ${source}`, () => {
    const codes = found.get(path).filter((code) => code.startsWith("streaming("));
    if (bad) assert.ok(codes.includes(`streaming(${rule})`), `found only ${JSON.stringify(found.get(path))}`);
    else assert.deepEqual(codes, []);
  });
}

test("the streaming rules hold for the sources of packages only", () => {
  const source = `process.exit(1);\n`;
  const paths = ["packages/one/src/a.ts", "packages/one/src/deep/er/b.ts", "packages/one/test/a.test.ts"];
  const result = lint(Object.fromEntries(paths.map((path) => [path, source])));
  const refused = paths.filter((path) => result.get(path).includes("streaming(no-process-exit)"));
  assert.deepEqual(refused, ["packages/one/src/a.ts", "packages/one/src/deep/er/b.ts"]);
});

test("a file that is listed with a reason may use the standard streams", () => {
  const list = `export const standardStreamUsers = new Map([["packages/one/src/listed.ts", "no stage"]]);\n`;
  const source = `process.stdout.write("a");\n`;
  const paths = ["packages/one/src/listed.ts", "packages/one/src/other.ts"];
  const result = lint({
    "lint/standard-streams.mjs": list,
    ...Object.fromEntries(paths.map((path) => [path, source])),
  });
  const refused = paths.filter((path) => result.get(path).includes("streaming(no-standard-streams)"));
  assert.deepEqual(refused, ["packages/one/src/other.ts"]);
});

test("every file listed for the standard streams exists and has a reason", () => {
  for (const [path, reason] of standardStreamUsers) {
    assert.ok(existsSync(join(root, path)), `${path} does not exist`);
    assert.match(reason, /\w+ \w+/, `${path} needs a reason`);
  }
});

function asModule(source) {
  return `${source}\nexport {};\n`;
}
