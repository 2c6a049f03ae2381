import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { Writable } from "node:stream";
import { test } from "node:test";
import { promisify } from "node:util";
import { type ExecutionEvent, type RunOptions } from "cuprum";
import { absence } from "./support/backends.ts";
import { described, sh } from "./support/programs.ts";
import { until } from "./support/raw-pipe.ts";

const HEAVY = process.env["JN_TEST_HEAVY"] === "1";
const timeout = HEAVY ? 600_000 : 60_000;
const MIB = 1024 * 1024;
const SIZE = (HEAVY ? 1024 : 64) * MIB;

/** A heap that is not collected at once has some room; a buffer of everything would be more. */
const ROOM_BYTES = 40 * MIB;

/** Bytes that may be on their way between a producer and a consumer that waits: pipes, buffers, a batch of lines. */
const IN_FLIGHT_BYTES = MIB;

/** Runs a script in a process of its own; gives what it printed and by how many bytes its memory grew, at most, in `work`. */
async function growth(work: string): Promise<{ readonly printed: string; readonly bytes: number }> {
  const source = `
    import { readFileSync, writeFileSync } from "node:fs";
    const { pipe, defaultCatalogue, defineCatalogue } = await import(${JSON.stringify(new URL("../src/index.js", import.meta.url).href)});
    const cat = defaultCatalogue.make("cat");
    const sh = defineCatalogue({ p: { programs: ["sh"] } }).make("sh");
    const bytesOf = (name) => Number(readFileSync("/proc/self/status", "utf8").match(name + ":\\\\s*(\\\\d+)")[1]) * 1024;
    const work = async (size) => { ${work} };
    await work(8 * 1024 * 1024);
    const before = bytesOf("VmRSS");
    // Resets the high-water mark.
    writeFileSync("/proc/self/clear_refs", "5");
    console.log(JSON.stringify({ printed: String(await work(${SIZE})), bytes: bytesOf("VmHWM") - before }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", source]);
  return JSON.parse(stdout) as { printed: string; bytes: number };
}

for (const [name, options, backend] of [
  ["kernel hops", "{}", undefined],
  ["hops tapped by node", '{ countBytes: true, backend: "node" }', "node"],
  ["hops tapped by rust", '{ countBytes: true, backend: "rust" }', "rust"],
] as const) {
  const skip = backend === undefined ? false : (absence(backend) ?? false);

  test(`${name}: memory does not grow with what goes through three stages`, { timeout, skip }, async () => {
    const { printed, bytes } = await growth(`
      const stages = pipe(sh("-c", "exec head -c " + size + " /dev/zero"), cat(), cat());
      let sum = 0;
      for await (const chunk of stages.bytes(${options})) sum += chunk.length;
      return sum;`);
    assert.equal(Number(printed), SIZE);
    assert.ok(bytes < ROOM_BYTES, `it grew by ${bytes} bytes`);
  });
}

test("memory does not grow with the standard error, of which the last bytes are kept", { timeout }, async () => {
  const { printed, bytes } = await growth(`
    const { stderr, stderrTruncated } = await sh("-c", "head -c " + size + " /dev/zero >&2; echo end >&2").run();
    return [stderr.length, stderr.endsWith("\\0end\\n"), stderrTruncated];`);
  assert.equal(printed, `${64 * 1024},true,true`);
  assert.ok(bytes < ROOM_BYTES, `it grew by ${bytes} bytes`);
});

/** Bytes that a process has written so far. */
function writtenBy(pid: number): number {
  return Number(/wchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1]);
}

/** Waits until a producer waits for its consumer; gives the bytes that it had written by then. */
async function stalled(pid: number): Promise<number> {
  let [written, since] = [-1, 0];
  await until(() => {
    const now = writtenBy(pid);
    if (now !== written) [written, since] = [now, performance.now()];
    return written > 0 && performance.now() - since > 200;
  }, "the producer waits");
  return written;
}

/** The pid of the first stage, when it has started. */
function observingPid(): { readonly options: RunOptions; readonly pid: () => number } {
  let pid = 0;
  const onEvent = (event: ExecutionEvent): void => {
    if (event.phase === "start" && event.stage.index === 0) pid = event.pid;
  };
  return { options: { observers: [{ onEvent }] }, pid: () => pid };
}

test("a consumer of lines that takes its time bounds what a producer writes", { timeout }, async () => {
  const { options, pid } = observingPid();
  let taken = 0;
  for await (const line of sh("-c", "exec yes").lines({ ...options, stderr: "ignore" })) {
    taken += line.length + 1;
    if (taken !== 2 && taken !== 400_000) continue;
    const written = await stalled(pid());
    assert.ok(written - taken < IN_FLIGHT_BYTES, `${written} bytes were written, ${taken} taken`);
    if (taken === 400_000) break;
  }
  assert.equal(taken, 400_000);
});

test("a sink that takes its time bounds what a producer writes", { timeout }, async () => {
  const { options, pid } = observingPid();
  let taken = 0;
  let release: () => void = () => {};
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      taken += chunk.length;
      release = done;
    },
  });
  const abort = new AbortController();
  const limits = { stdout: "ignore", lingerMs: 50, signal: abort.signal } as const;
  const running = sh("-c", "exec yes").run({ ...options, ...limits, echo: { stdout: sink } });
  await until(() => taken > 0, "something comes");
  for (let round = 0; round < 5; round++) {
    const written = await stalled(pid());
    assert.ok(written - taken < IN_FLIGHT_BYTES, `${written} bytes were written, ${taken} taken`);
    release();
  }
  abort.abort();
  const result = await running;
  assert.equal(result.status, "cancelled", described(result));
});
