import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync, readlinkSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { test } from "node:test";
import { NativeError } from "../src/index.ts";
import { consumeBytes, type Hop, pump } from "./support/hops.ts";
import { HEAVY, native, skip } from "./support/native.ts";
import { openDescriptors, start } from "./support/processes.ts";

const MIB = 1024 * 1024;
const options = { skip, timeout: 60_000 };

test("a pipe has the capacity that it says, and both ends are closed in child processes", options, async () => {
  const { readFd, writeFd, capacityBytes } = native().pipe(256 * 1024);
  assert.equal(capacityBytes, 256 * 1024);
  assert.equal(native().pipeCapacity(readFd), capacityBytes);
  assert.equal(native().setPipeCapacity(writeFd, 4096), 4096);
  assert.equal(native().isFifo(readFd), true);
  const list = native().pipe();
  const ls = start(["ls", "-l", "/proc/self/fd"], "ignore", list.writeFd);
  const { shown, result } = consumeBytes(list.readFd);
  await Promise.all([result, ls.ended]);
  const listing = Buffer.concat(shown).toString();
  const inherited = [readFd, writeFd].filter((fd) => listing.includes(readlinkSync(`/proc/self/fd/${fd}`)));
  assert.deepEqual(inherited, [], listing);
  closeSync(readFd);
  closeSync(writeFd);
});

test("yes through a hop to head: head decides, yes gets SIGPIPE", options, async () => {
  const [first, second] = [native().pipe(), native().pipe()];
  const yes = start(["yes"], "ignore", first.writeFd);
  const hop = pump(first.readFd, second.writeFd);
  const head = start(["head", "-n", "1"], second.readFd, "ignore");
  const [yesEnd, headEnd, result] = await Promise.all([yes.ended, head.ended, hop.result]);
  assert.equal(yesEnd.signal, "SIGPIPE");
  assert.equal(headEnd.status, 0);
  assert.equal(result.end, "readerLeft");
  assert.equal(hop.pump.bytes(), result.bytesWritten);
});

test(
  "a consumer that leaves ends a hop whose producer is silent, and the producer's next write is its last",
  options,
  async () => {
    const [first, second] = [native().pipe(), native().pipe()];
    const hop = pump(first.readFd, second.writeFd);
    const consumer = start(["false"], second.readFd, "ignore");
    assert.equal((await hop.result).end, "readerLeft");
    const late = start(["echo", "late"], "ignore", first.writeFd);
    assert.notEqual((await late.ended).status, 0);
    assert.equal((await consumer.ended).status, 1);
  },
);

test("a limit is kept to the byte", options, async () => {
  const [first, second] = [native().pipe(), native().pipe()];
  const yes = start(["yes"], "ignore", first.writeFd);
  const hop = pump(first.readFd, second.writeFd, { limitBytes: 100_001 });
  const { shown, result } = consumeBytes(second.readFd);
  assert.equal((await hop.result).end, "limit");
  await result;
  assert.equal(Buffer.concat(shown).length, 100_001);
  assert.equal((await yes.ended).signal, "SIGPIPE");
});

test("a copy into a file has the same bytes", options, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "native-test-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "copy");
  const [first, second] = [native().pipe(), native().pipe()];
  const seq = start(["seq", "200000"], "ignore", first.writeFd);
  const hop = pump(first.readFd, second.writeFd, { copyFd: openSync(path, "w") });
  const { shown, result } = consumeBytes(second.readFd);
  const [{ copy, end }] = await Promise.all([hop.result, result, seq.ended]);
  const bytes = Buffer.concat(shown);
  assert.equal(end, "endOfInput");
  assert.deepEqual(copy, { bytesWritten: bytes.length, end: "complete" });
  assert.ok(readFileSync(path).equals(bytes), "the copy differs");
});

test("what fails is told by its name", options, async () => {
  const { readFd, writeFd } = native().pipe();
  writeSync(writeFd, "x");
  closeSync(writeFd);
  const { end, error } = await pump(readFd, openSync("/dev/full", "w")).result;
  assert.equal(end, "failed");
  assert.equal(error?.code, "ENOSPC");
  assert.match(error.message, /No space left/);
});

test("a hop that is cancelled ends, whether it waits for input or for room", options, async () => {
  const [first, second] = [native().pipe(), native().pipe()];
  const reading = pump(first.readFd, second.writeFd);
  reading.pump.cancel();
  assert.equal((await reading.result).end, "cancelled");
  const [third, fourth] = [native().pipe(), native().pipe()];
  const yes = start(["yes"], "ignore", third.writeFd);
  const writing = pump(third.readFd, fourth.writeFd);
  while (writing.pump.bytes() < fourth.capacityBytes) await pause(1);
  writing.pump.cancel();
  writing.pump.cancel();
  assert.equal((await writing.result).end, "cancelled");
  assert.equal((await yes.ended).signal, "SIGPIPE");
  for (const fd of [first.writeFd, second.readFd, fourth.readFd]) closeSync(fd);
});

test("what is no descriptor of the needed kind is refused, and stays the caller's", options, () => {
  const before = openDescriptors();
  const { readFd, writeFd } = native().pipe();
  const opened = openDescriptors();
  const refused = (call: () => unknown, message: RegExp): void => {
    assert.throws(
      call,
      (error) => error instanceof NativeError && error.code === "BAD_DESCRIPTOR" && message.test(error.message),
    );
  };
  const onEnd = (): void => assert.fail("it must not start");
  refused(() => native().pump(-1, writeFd, { onEnd }), /^-1 is not a descriptor/);
  refused(() => native().pump(Number.NaN, writeFd, { onEnd }), /^NaN is not a descriptor/);
  refused(() => native().pump(readFd, 99_999, { onEnd }), /^descriptor 99999 is not open$/);
  refused(() => native().pump(writeFd, readFd, { onEnd }), /is open for writing only$/);
  refused(() => native().pump(readFd, 1, { onEnd }), /^descriptor 1 is a standard stream/);
  refused(() => native().consume(99_999, { shape: "bytes", onBatch: onEnd, onEnd }), /^descriptor 99999 is not open$/);
  refused(() => native().isFifo(99_999), /^descriptor 99999 is not open$/);
  assert.throws(
    () => native().pump(readFd, writeFd, { limitBytes: -1, onEnd }),
    (error) =>
      error instanceof NativeError && error.code === "BAD_OPTION" && error.message.startsWith("limitBytes is -1"),
  );
  assert.deepEqual(openDescriptors(), opened);
  closeSync(readFd);
  closeSync(writeFd);
  assert.deepEqual(openDescriptors(), before);
});

test("64 hops under backpressure carry at once, and the descriptors are those of before", options, async () => {
  const before = openDescriptors();
  const bytesEach = MIB;
  const hops: Promise<void>[] = [];
  for (let index = 0; index < 64; index += 1) hops.push(carryThroughCat(bytesEach));
  await Promise.all(hops);
  assert.deepEqual(openDescriptors(), before);
});

/** head -c | hop | a slow reader in this process, which reads only when all hops are up. */
async function carryThroughCat(bytes: number): Promise<void> {
  const [first, second] = [native().pipe(), native().pipe()];
  const head = start(["head", "-c", String(bytes), "/dev/zero"], "ignore", first.writeFd);
  const hop = pump(first.readFd, second.writeFd);
  while (hop.pump.bytes() < Math.min(bytes, second.capacityBytes)) await pause(5);
  const { shown, result } = consumeBytes(second.readFd);
  const [ended, carried] = await Promise.all([head.ended, hop.result, result]);
  assert.deepEqual(ended, { command: ended.command, status: 0, signal: null });
  assert.equal(carried.bytesWritten, bytes);
  assert.equal(
    shown.reduce((sum, batch) => sum + batch.length, 0),
    bytes,
  );
}

const SHORT_HOPS = HEAVY ? 100_000 : 2000;
test(`${SHORT_HOPS} short hops leave nothing behind`, { skip, timeout: 20 * 60_000 }, async () => {
  const before = openDescriptors();
  const threads = threadCount();
  for (let done = 0; done < SHORT_HOPS; done += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, index) => shortHop(done + index)));
  }
  assert.deepEqual(openDescriptors(), before);
  assert.ok(threadCount() <= threads + 50, `${threadCount()} threads, ${threads} before`);
});

async function shortHop(seed: number): Promise<void> {
  const [first, second] = [native().pipe(), native().pipe()];
  const hop: Hop = pump(first.readFd, second.writeFd);
  const consumed = consumeBytes(second.readFd);
  const text = `hop ${seed}`;
  writeSync(first.writeFd, text);
  closeSync(first.writeFd);
  const [carried] = await Promise.all([hop.result, consumed.result]);
  assert.equal(carried.end, "endOfInput");
  assert.equal(Buffer.concat(consumed.shown).toString(), text);
}

function threadCount(): number {
  const threads = /^Threads:\s+(\d+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return Number(threads);
}

const KILLS = HEAVY ? 1000 : 30;
test(
  `kill -9 of either end at ${KILLS} different moments: no hang, no byte lost that was carried`,
  { skip, timeout: 20 * 60_000 },
  async () => {
    const before = openDescriptors();
    for (let seed = 0; seed < KILLS; seed += 1) await killOneEnd(seed);
    assert.deepEqual(openDescriptors(), before);
  },
);

/** seq | hop | cat: one of the two is killed when the hop has carried some bytes. */
async function killOneEnd(seed: number): Promise<void> {
  const [first, second, third] = [native().pipe(), native().pipe(), native().pipe()];
  const producer = start(["seq", "1000000000"], "ignore", first.writeFd);
  const hop = pump(first.readFd, second.writeFd);
  const consumer = start(["cat"], second.readFd, third.writeFd);
  const { shown, result } = consumeBytes(third.readFd);
  const killsProducer = seed % 2 === 0;
  const after = (seed * 7919) % 300_000;
  while (hop.pump.bytes() < after) await pause(0);
  (killsProducer ? producer : consumer).child.kill("SIGKILL");
  const [producerEnd, consumerEnd, carried] = await Promise.all([producer.ended, consumer.ended, hop.result, result]);
  const size = shown.reduce((sum, batch) => sum + batch.length, 0);
  const situation = `seed ${seed}, after ${after}: ${JSON.stringify({ producerEnd, consumerEnd, carried, size })}`;
  if (killsProducer) {
    assert.equal(carried.end, "endOfInput", situation);
    assert.equal(consumerEnd.status, 0, situation);
    assert.equal(size, carried.bytesWritten, situation);
    assert.equal(carried.bytesRead, carried.bytesWritten, situation);
  } else {
    assert.equal(carried.end, "readerLeft", situation);
    assert.equal(producerEnd.signal, "SIGPIPE", situation);
  }
  // What arrived is a beginning of what seq prints, unharmed.
  const text = Buffer.concat(shown).toString();
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  assert.ok(
    lines.slice(0, -1).every((line, index) => line === String(index + 1)),
    situation,
  );
}
