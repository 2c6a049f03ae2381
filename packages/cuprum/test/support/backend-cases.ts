import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import type { StreamBackend } from "../../src/streams/stream-backend.ts";
import { type BackendBench, backendBench, HEAVY } from "./backend-bench.ts";
import { linesOfTransfers } from "./backend-line-cases.ts";
import { observersOfTransfers } from "./backend-observer-cases.ts";
import { endless, pieces, sample } from "./byte-samples.ts";
import {
  deliver,
  isOpen,
  occupyDescriptors,
  rawPipe,
  readAll,
  turns,
  until,
  writeAll,
  writeError,
} from "./raw-pipe.ts";

const KIB = 1024;

/** Everything that one read takes, and what a pipe holds: a backend may have this on its way, and a little more. */
const IN_FLIGHT_BYTES = 512 * KIB;

/**
 * What every stream backend promises, as tests.
 *
 * @param skips cases that cannot hold for it, by their title, with the reason
 */
export function backendCases(
  name: string,
  backend: () => StreamBackend,
  skips: ReadonlyMap<string, string> = new Map(),
): void {
  const bench = backendBench(name, backend, skips);
  bytesOfTransfers(bench);
  observersOfTransfers(bench);
  linesOfTransfers(bench);
}

function bytesOfTransfers({ it, carry, between, observing }: BackendBench): void {
  it("every byte arrives, wherever the input is cut", async () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 3000 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(chunks, async (parts) => {
        const seen: Buffer[] = [];
        const rig = await between({ onChunk: (chunk) => void seen.push(Buffer.from(chunk)) });
        const arrived = readAll(rig.readFd);
        await deliver(rig.writeFd, parts, rig.transfer);
        assert.deepEqual(await rig.transfer.ended, { end: "endOfInput" });
        const whole = Buffer.concat(parts);
        assert.ok(whole.equals(await arrived), "the output differs from the input");
        assert.ok(whole.equals(Buffer.concat(seen)), "the observer saw something else");
        assert.equal(rig.transfer.bytes(), whole.length);
      }),
      { numRuns: HEAVY ? 10_000 : 60 },
    );
  });

  it("inputs of sizes around that of a read, and of many reads", async () => {
    for (const size of [1, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, 128 * KIB + 1, 3_000_001]) {
      const whole = sample(size);
      const rig = await between();
      const [arrived] = await Promise.all([readAll(rig.readFd), writeAll(rig.writeFd, [whole])]);
      assert.deepEqual(await rig.transfer.ended, { end: "endOfInput" });
      assert.ok(whole.equals(arrived), `of ${size} bytes ${arrived.length} arrived`);
      assert.equal(rig.transfer.bytes(), size);
    }
  });

  it("an input that is empty", async () => {
    const lines: string[] = [];
    const rig = await between({ onLines: (batch) => void lines.push(...batch) });
    closeSync(rig.writeFd);
    assert.equal((await readAll(rig.readFd)).length, 0);
    assert.deepEqual(await rig.transfer.ended, { end: "endOfInput" });
    assert.deepEqual([rig.transfer.bytes(), lines], [0, []]);
  });

  it("without an output, or anybody who looks, the input is read to its end", async () => {
    const { transfer, writeFd } = await observing({});
    assert.equal(await writeAll(writeFd, [sample(1_000_000)]), 1_000_000);
    assert.deepEqual(await transfer.ended, { end: "endOfInput" });
    assert.equal(transfer.bytes(), 1_000_000);
  });

  it("when the reader has left, the input is closed: its writer is told", async () => {
    const rig = await between();
    closeSync(rig.readFd);
    const taken = await writeAll(rig.writeFd, endless());
    assert.deepEqual(await rig.transfer.ended, { end: "readerLeft" });
    assert.ok(taken <= IN_FLIGHT_BYTES, `${taken} bytes were taken for nobody`);
  });

  it("when the reader leaves while its pipe is full, the input is closed", async () => {
    const rig = await between();
    const writing = writeAll(rig.writeFd, endless());
    await until(() => !rig.transfer.isReading(), "the transfer waits for its reader");
    closeSync(rig.readFd);
    assert.deepEqual(await rig.transfer.ended, { end: "readerLeft" });
    await writing;
  });

  it("cancelled while it waits for input", async () => {
    const rig = await between();
    await until(() => rig.transfer.isReading(), "it reads");
    rig.transfer.cancel();
    assert.deepEqual(await rig.transfer.ended, { end: "cancelled" });
    assert.equal(writeError(rig.writeFd), "EPIPE");
    closeSync(rig.writeFd);
    assert.equal((await readAll(rig.readFd)).length, 0);
  });

  it("cancelled while it waits for its reader", async () => {
    const rig = await between();
    const writing = writeAll(rig.writeFd, endless());
    await until(() => !rig.transfer.isReading(), "the transfer waits for its reader");
    rig.transfer.cancel();
    assert.deepEqual(await rig.transfer.ended, { end: "cancelled" });
    await writing;
    closeSync(rig.readFd);
  });

  it("cancelled twice, and when it has ended", async () => {
    const first = await between();
    first.transfer.cancel();
    first.transfer.cancel();
    assert.deepEqual(await first.transfer.ended, { end: "cancelled" });
    closeSync(first.writeFd);
    closeSync(first.readFd);
    const second = await between();
    closeSync(second.writeFd);
    assert.deepEqual(await second.transfer.ended, { end: "endOfInput" });
    second.transfer.cancel();
    assert.deepEqual(await second.transfer.ended, { end: "endOfInput" });
    closeSync(second.readFd);
  });

  it("a descriptor that was closed is left alone", async () => {
    for (const how of ["end", "cancel", "readerLeft"] as const) {
      const rig = await between();
      if (how === "readerLeft") closeSync(rig.readFd);
      const writing = how === "end" ? writeAll(rig.writeFd, []) : writeAll(rig.writeFd, endless());
      if (how === "cancel") rig.transfer.cancel();
      await rig.transfer.ended;
      const strangers = occupyDescriptors(8);
      await writing;
      rig.transfer.cancel();
      await turns(20);
      assert.deepEqual(
        strangers.map((fd) => isOpen(fd)),
        strangers.map(() => true),
        `after ${how} a descriptor of somebody else was closed`,
      );
      for (const fd of strangers) closeSync(fd);
      if (how !== "readerLeft") closeSync(rig.readFd);
    }
  });

  it("the output can be a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cuprum-test-"));
    try {
      const path = join(folder, "out");
      const { readFd, writeFd } = await rawPipe();
      const transfer = carry(readFd, { writeFd: openSync(path, "w") });
      const whole = sample(1_000_000);
      await writeAll(writeFd, pieces(whole));
      assert.deepEqual(await transfer.ended, { end: "endOfInput" });
      assert.ok(whole.equals(readFileSync(path)), "the file differs");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("an output that is full is a failure", async () => {
    const { readFd, writeFd } = await rawPipe();
    const transfer = carry(readFd, { writeFd: openSync("/dev/full", "w") });
    await writeAll(writeFd, endless());
    const { end, error } = await transfer.ended;
    assert.equal(end, "failed");
    assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC", inspect(error));
  });

  it("64 at once", async () => {
    const whole = sample(300_000);
    const rigs = await Promise.all(Array.from({ length: 64 }, () => between()));
    const all = await Promise.all(
      rigs.map(async (rig) => {
        const [arrived] = await Promise.all([readAll(rig.readFd), writeAll(rig.writeFd, pieces(whole))]);
        return { end: await rig.transfer.ended, isSame: whole.equals(arrived), bytes: rig.transfer.bytes() };
      }),
    );
    for (const one of all) assert.deepEqual(one, { end: { end: "endOfInput" }, isSame: true, bytes: whole.length });
  });
}
