// The stream backends alone, between pipes of the test: one behaviour, whatever carries.
import assert from "node:assert/strict";
import { closeSync, openSync, writeSync } from "node:fs";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { streamBackend } from "cuprum";
import fc from "fast-check";
import {
  BACKENDS,
  bytesOfLines,
  decodedLines,
  HEAVY,
  newPipe,
  openPipes,
  pieces,
  skip,
  someCuts,
} from "./support/transfers.ts";

const TRANSFERS = HEAVY ? 10_000 : 300;
const timeout = HEAVY ? 50 * 60_000 : 60_000;

for (const backend of BACKENDS) {
  const options = { timeout, skip: backend === "rust" && skip };

  test(`backend ${backend}: ${TRANSFERS} transfers show and carry the same bytes and lines`, options, async () => {
    const { carry } = streamBackend(backend).backend;
    const kinds = fc.record({ carried: fc.boolean(), chunks: fc.boolean(), lines: fc.boolean(), waits: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(bytesOfLines, someCuts, kinds, async (bytes, cuts, { carried, chunks, lines, waits }) => {
        const before = openPipes();
        const [first, second] = [await newPipe(), await newPipe()];
        const seen = { chunks: Buffer.alloc(0), lines: [] as string[], carried: Buffer.alloc(0) };
        let calls = 0;
        const pace = async (): Promise<void> => {
          calls += 1;
          assert.equal(calls, 1, "an observer was called before it had settled");
          await turn();
          calls -= 1;
        };
        const transfer = carry(first.readFd, {
          writeFd: carried ? second.writeFd : undefined,
          onChunk: chunks
            ? (chunk) => {
                seen.chunks = Buffer.concat([seen.chunks, chunk]);
                return waits ? pace() : undefined;
              }
            : undefined,
          onLines: lines
            ? (batch) => {
                assert.ok(batch.length > 0, "an empty batch");
                seen.lines.push(...batch);
                return waits && !chunks ? pace() : undefined;
              }
            : undefined,
        });
        if (!carried) closeSync(second.writeFd);
        const onward = carry(second.readFd, {
          onChunk: (chunk) => {
            seen.carried = Buffer.concat([seen.carried, chunk]);
          },
        });
        for await (const piece of pieces(bytes, cuts)) writeSync(first.writeFd, piece);
        closeSync(first.writeFd);
        assert.deepEqual(await transfer.ended, { end: "endOfInput" });
        assert.deepEqual(await onward.ended, { end: "endOfInput" });
        assert.equal(transfer.bytes(), bytes.length);
        if (carried) assert.ok(seen.carried.equals(bytes), "carried");
        if (chunks) assert.ok(seen.chunks.equals(bytes), "chunks");
        if (lines) assert.deepEqual(seen.lines, decodedLines(bytes));
        assert.deepEqual(openPipes(), before);
      }),
      { numRuns: TRANSFERS },
    );
  });

  test(
    `backend ${backend}: an observer that never settles holds the transfer, and cancel ends it`,
    options,
    async () => {
      const { carry } = streamBackend(backend).backend;
      const { readFd, writeFd } = await newPipe();
      const calls: number[] = [];
      const transfer = carry(readFd, {
        onChunk: (chunk) => {
          calls.push(chunk.length);
          return new Promise(() => {});
        },
      });
      writeSync(writeFd, "one");
      while (calls.length === 0) await turn();
      writeSync(writeFd, "two");
      for (let turns = 0; turns < 20; turns += 1) await turn();
      assert.equal(transfer.isReading(), false);
      transfer.cancel();
      transfer.cancel();
      assert.deepEqual(await transfer.ended, { end: "cancelled" });
      assert.deepEqual(calls, [3]);
      assert.throws(() => writeSync(writeFd, "three"), { code: "EPIPE" });
      closeSync(writeFd);
    },
  );

  test(`backend ${backend}: an observer that throws fails the transfer, with its error`, options, async () => {
    const { carry } = streamBackend(backend).backend;
    for (const throws of [() => assert.fail("oops"), () => Promise.reject(new Error("oops"))]) {
      const [first, second] = [await newPipe(), await newPipe()];
      const transfer = carry(first.readFd, { writeFd: second.writeFd, onLines: throws });
      writeSync(first.writeFd, "line\n");
      const { end, error } = await transfer.ended;
      assert.equal(end, "failed");
      assert.match(String(error), /oops/);
      assert.throws(() => writeSync(first.writeFd, "more"), { code: "EPIPE" });
      for (const fd of [first.writeFd, second.readFd]) closeSync(fd);
    }
  });

  test(
    `backend ${backend}: a reader that left ends a transfer, and its producer's pipe is closed`,
    options,
    async () => {
      const { carry } = streamBackend(backend).backend;
      for (const onLines of [undefined, () => {}]) {
        const [first, second] = [await newPipe(), await newPipe()];
        const transfer = carry(first.readFd, { writeFd: second.writeFd, onLines });
        closeSync(second.readFd);
        // The node backend sees it only when it writes: nothing in Node.js tells of a reader that leaves an idle pipe.
        if (backend === "node") writeSync(first.writeFd, "late");
        assert.deepEqual(await transfer.ended, { end: "readerLeft" });
        assert.throws(() => writeSync(first.writeFd, "later"), { code: "EPIPE" });
        closeSync(first.writeFd);
      }
    },
  );

  test(`backend ${backend}: a write that fails is told by its code`, options, async () => {
    const { carry } = streamBackend(backend).backend;
    for (const onLines of [undefined, () => {}]) {
      const { readFd, writeFd } = await newPipe();
      writeSync(writeFd, "x\n");
      closeSync(writeFd);
      const { end, error } = await carry(readFd, { writeFd: openSync("/dev/full", "w"), onLines }).ended;
      assert.equal(end, "failed");
      assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
    }
  });
}
