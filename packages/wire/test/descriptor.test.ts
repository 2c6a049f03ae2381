import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, existsSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import { backoffMs, readDescriptor, writeDescriptor } from "../src/descriptor.ts";
import { systemCode, WireError } from "../src/wire-error.ts";

const MODULE = new URL("../src/descriptor.js", import.meta.url).href;

/** A named pipe, with a reading end (non-blocking) and a writing end (as asked). */
function namedPipe(context: TestContext, writeFlags = 0): { path: string; reader: number; writer: number } {
  const folder = mkdtempSync(join(tmpdir(), "wire-pipe-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | writeFlags);
  return { path, reader, writer };
}

/**
 * Runs a script that has the descriptor functions, in a process of its own: they block. The pipe is descriptor 3: Node makes
 * 0, 1 and 2 of a child blocking.
 */
function script(context: TestContext, code: string, stdio: StdioOptions): ChildProcess {
  const imports = `import { readDescriptor, writeDescriptor } from ${JSON.stringify(MODULE)}; import { readSync, writeSync } from "node:fs";`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", imports + code], { stdio });
  context.after(() => child.kill("SIGKILL"));
  return child;
}

async function outputOf(child: ChildProcess): Promise<string> {
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await once(child, "close");
  return text;
}

test("descriptor: an empty non-blocking pipe shared with another process is waited out when reading", async (context) => {
  const { reader, writer } = namedPipe(context);
  const child = script(
    context,
    `let first = "none";
    try { readSync(3, Buffer.alloc(1)); } catch (error) { first = error.code; }
    writeSync(2, "waiting");
    const bytes = Buffer.alloc(100);
    let text = "";
    for (let count; (count = readDescriptor(3, "input", bytes, 0, 100)) > 0;) text += bytes.toString("utf8", 0, count);
    writeSync(1, first + " " + text);`,
    ["ignore", "pipe", "pipe", reader],
  );
  closeSync(reader);
  const output = outputOf(child);
  await once(child.stderr!, "data");
  for (const part of ["one,", "two,", "three"]) {
    await sleep(40);
    writeSync(writer, part);
  }
  closeSync(writer);
  assert.equal(await output, "EAGAIN one,two,three");
  assert.equal(child.exitCode, 0);
});

test("descriptor: a full non-blocking pipe shared with another process is waited out when writing", async (context) => {
  const { path, reader, writer } = namedPipe(context, constants.O_NONBLOCK);
  const size = 1024 * 1024;
  const child = script(
    context,
    `const bytes = Buffer.alloc(${size}, "0123456789abcdef");
    let at = 0;
    try { for (;;) at += writeSync(3, bytes, at, 65536); } catch (error) { writeSync(2, error.code); }
    writeDescriptor(3, "output", bytes, at, bytes.length);`,
    ["ignore", "ignore", "pipe", writer],
  );
  closeSync(writer);
  const [first] = (await once(child.stderr!, "data")) as [Buffer];
  assert.equal(first.toString(), "EAGAIN");
  const exit = once(child, "close");
  // Time for it to run into the full pipe again, and then one read after the other.
  await sleep(40);
  const blocking = openSync(path, "r");
  closeSync(reader);
  const bytes = Buffer.alloc(size + 1);
  let length = 0;
  for (let count; (count = readSync(blocking, bytes, length, Math.min(50_000, bytes.length - length), null)) > 0;)
    length += count;
  closeSync(blocking);
  assert.equal(length, size);
  assert.ok(bytes.subarray(0, size).equals(Buffer.alloc(size, "0123456789abcdef")));
  await exit;
  assert.equal(child.exitCode, 0);
});

test("descriptor: a reader that left is READER_LEFT, not an I/O error", (context) => {
  const { reader, writer } = namedPipe(context);
  closeSync(reader);
  assert.throws(
    () => writeDescriptor(writer, "standard output", Buffer.from("x"), 0, 1),
    (error: unknown) =>
      error instanceof WireError &&
      error.code === "READER_LEFT" &&
      error.message === "the reader of standard output left" &&
      systemCode(error.cause) === "EPIPE",
  );
  closeSync(writer);
});

test("descriptor: the pipe's end of input reads as 0, again and again", (context) => {
  const { reader, writer } = namedPipe(context);
  const bytes = Buffer.from("......");
  writeDescriptor(writer, "pipe", Buffer.from("abcdef"), 1, 4);
  closeSync(writer);
  assert.equal(readDescriptor(reader, "pipe", bytes, 2, 4), 3);
  assert.equal(bytes.toString(), "..bcd.");
  assert.equal(readDescriptor(reader, "pipe", bytes, 0, 6), 0);
  assert.equal(readDescriptor(reader, "pipe", bytes, 0, 6), 0);
  closeSync(reader);
});

test("descriptor: a full device is an I/O error that names it and the reason", (context) => {
  if (!existsSync("/dev/full")) return context.skip("this system has no /dev/full");
  const fd = openSync("/dev/full", "w");
  assert.throws(
    () => writeDescriptor(fd, "out.csv", Buffer.from("x"), 0, 1),
    (error: unknown) =>
      error instanceof WireError &&
      error.code === "IO" &&
      error.message.startsWith("cannot write out.csv: no space left on the device") &&
      systemCode(error.cause) === "ENOSPC",
  );
  closeSync(fd);
});

test("descriptor: reading a folder, or what is not open, is an I/O error", () => {
  const fd = openSync(tmpdir(), "r");
  const read = (from: number) => () => readDescriptor(from, "in.csv", Buffer.alloc(1), 0, 1);
  assert.throws(read(fd), { code: "IO", message: "cannot read in.csv: it is a directory" });
  closeSync(fd);
  assert.throws(read(fd), { code: "IO", message: "cannot read in.csv: the descriptor is not open" });
});

test("descriptor: waits grow from 0.05 ms to 10 ms and stay there", () => {
  assert.deepEqual([0, 1, 2, 7, 8, 100, 5000].map(backoffMs), [0.05, 0.1, 0.2, 6.4, 10, 10, 10]);
});
