import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { native, skip } from "./support/native.ts";
import { openDescriptors } from "./support/processes.ts";

const options = { skip, timeout: 60_000 };
const MODULE = new URL("../src/index.js", import.meta.url).href;
const PRELUDE = `import { loadNative } from ${JSON.stringify(MODULE)};
import { closeSync, writeSync } from "node:fs";
const native = loadNative().module;
const nothing = () => undefined;
`;

interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of its own that has `native`, with at most so many descriptors. */
async function run(source: string, { descriptors = 1024 } = {}): Promise<Outcome> {
  const limited = ["--norc", "-c", 'ulimit -n "$1"; shift; exec "$@"', "bash", String(descriptors)];
  const program = [process.execPath, "--input-type=module", "-e", PRELUDE + source];
  const child = spawn("bash", [...limited, ...program], { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { status, signal, stdout, stderr };
}

function succeeded(outcome: Outcome, stdout: string): void {
  assert.deepEqual(outcome, { status: 0, signal: null, stdout, stderr: "" });
}

test("a process without a hop ends by itself", options, async () => {
  succeeded(await run(`native.pipe(); console.log("done");`), "done\n");
});

test("a hop that runs keeps the process alive until its end has been told", options, async () => {
  const outcome = await run(`
    const [first, second] = [native.pipe(), native.pipe()];
    native.pump(first.readFd, second.writeFd, { onEnd: ({ end }) => console.log(end) });
    setTimeout(() => closeSync(first.writeFd), 50);`);
  succeeded(outcome, "endOfInput\n");
});

test("process.exit while hops run ends the process at once, with its code", options, async () => {
  const outcome = await run(`
    for (let index = 0; index < 20; index += 1) {
      const [first, second] = [native.pipe(), native.pipe()];
      native.pump(first.readFd, second.writeFd, { onEnd: nothing });
      native.consume(second.readFd, { shape: "bytes", onBatch: nothing, onEnd: nothing });
      for (let part = 0; part < 10; part += 1) writeSync(first.writeFd, "x".repeat(4096));
    }
    setTimeout(() => process.exit(7), 20);`);
  assert.deepEqual(outcome, { status: 7, signal: null, stdout: "", stderr: "" });
});

test(
  "where no descriptor is left, the error says so, and what was handed over is still the caller's",
  options,
  async () => {
    const outcome = await run(
      `
    const pipes = [];
    const codes = new Set();
    const exhaust = (open) => { try { for (;;) pipes.push(open()); } catch ({ code, message }) { codes.add(code + ": " + message); } };
    exhaust(() => native.pipe());
    const [first, second] = pipes;
    exhaust(() => native.duplicate(first.readFd));
    const end = () => new Promise((onEnd) => native.pump(first.readFd, second.writeFd, { onEnd }));
    await end().catch(({ code, message }) => codes.add(code + ": " + message));
    for (const code of codes) console.log(code);
    for (const pipe of pipes.splice(-3)) for (const fd of pipe.readFd === undefined ? [pipe] : Object.values(pipe).slice(0, 2)) closeSync(fd);
    closeSync(first.writeFd);
    console.log((await end()).end);`,
      { descriptors: 50 },
    );
    succeeded(
      outcome,
      [
        "SYSTEM: no pipe can be made: Too many open files (os error 24)",
        "SYSTEM: nothing more can be opened: Too many open files (os error 24)",
        "SYSTEM: a hop cannot be started: Too many open files (os error 24)",
        "endOfInput",
        "",
      ].join("\n"),
    );
  },
);

test("an exception in a callback is an uncaught one, not a crash", options, async () => {
  const { status, stderr } = await run(`
    const { readFd, writeFd } = native.pipe();
    native.consume(readFd, { shape: "bytes", onBatch: () => { throw new Error("oops"); }, onEnd: nothing });
    writeSync(writeFd, "x");`);
  assert.equal(status, 1, stderr);
  assert.match(stderr, /Error: oops/);
});

test(
  "a worker that is terminated while its hops carry closes their descriptors, and harms nobody",
  options,
  async () => {
    native();
    // Regression: a hop's thread let go of its listener after the environment had freed it, in 6 of 16 runs of ten rounds: SIGABRT.
    for (let round = 0; round < 20; round += 1) {
      const before = openDescriptors().filter((line) => line.includes("pipe:"));
      const worker = new Worker(
        `${PRELUDE}
      const { parentPort } = await import("node:worker_threads");
      const kept = [];
      for (let index = 0; index < 8; index += 1) {
        const [first, second] = [native.pipe(), native.pipe()];
        native.pump(first.readFd, second.writeFd, { onEnd: nothing });
        native.consume(second.readFd, { shape: "lines", onBatch: (_, acknowledge) => acknowledge(), onEnd: nothing });
        kept.push(first.writeFd);
      }
      parentPort.postMessage(kept);
      for (;;) {
        for (const fd of kept) writeSync(fd, "line\\n".repeat(1000));
        await new Promise(setImmediate);
      }`,
        { eval: true },
      );
      const [kept] = (await once(worker, "message")) as [number[]];
      await worker.terminate();
      // The ends that the hops own go; those that the worker itself opened stay, and are closed here.
      while (ownedPipes(kept).length > before.length) await new Promise((resolve) => setTimeout(resolve, 1));
      const { closeSync } = await import("node:fs");
      for (const fd of kept) closeSync(fd);
    }
  },
);

function ownedPipes(others: readonly number[]): string[] {
  return openDescriptors().filter((line) => line.includes("pipe:") && !others.includes(Number.parseInt(line, 10)));
}
