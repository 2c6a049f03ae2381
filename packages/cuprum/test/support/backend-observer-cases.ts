import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { TransferEnd } from "../../src/streams/stream-backend.ts";
import type { BackendBench } from "./backend-bench.ts";
import { endless, pieces, sample } from "./byte-samples.ts";
import { readAll, turns, until, writeAll } from "./raw-pipe.ts";

const KIB = 1024;

/** What a transfer promises to those who see its bytes. */
export function observersOfTransfers({ it, between, observing }: BackendBench): void {
  for (const kind of ["onChunk", "onLines"] as const) {
    it(`cancelled while it waits for an observer that never answers (${kind})`, async () => {
      const { transfer, writeFd } = await observing({ [kind]: () => new Promise<void>(() => {}) });
      const writing = writeAll(writeFd, endless());
      await until(() => !transfer.isReading(), "it waits for the observer");
      transfer.cancel();
      assert.deepEqual(await transfer.ended, { end: "cancelled" });
      await writing;
    });
  }

  it("cancelled while it waits for an observer of the last line", async () => {
    let calls = 0;
    const onLines = (): Promise<void> => {
      calls++;
      return new Promise<void>(() => {});
    };
    const rig = await between({ onLines });
    const arrived = readAll(rig.readFd);
    await writeAll(rig.writeFd, [Buffer.from("the last line")]);
    await until(() => calls === 1, "the last line is shown");
    rig.transfer.cancel();
    assert.deepEqual(await rig.transfer.ended, { end: "cancelled" });
    assert.equal((await arrived).toString(), "the last line");
  });

  it("no more is read while an observer works", async () => {
    let release: () => void = () => {};
    const seen: number[] = [];
    const onChunk = (chunk: Uint8Array): Promise<void> => {
      seen.push(chunk.length);
      return new Promise((resolve) => (release = resolve));
    };
    const { transfer, writeFd } = await observing({ onChunk });
    const total = 2 * 1024 * KIB;
    const writing = writeAll(writeFd, pieces(sample(total)));
    for (let chunk = 1; sum(seen) < total; chunk++) {
      await until(() => seen.length === chunk, "a chunk comes");
      await turns(3);
      assert.equal(seen.length, chunk, "a chunk came while the observer worked on the one before");
      assert.equal(transfer.isReading(), false);
      release();
    }
    assert.deepEqual(await transfer.ended, { end: "endOfInput" });
    assert.equal(await writing, total);
    assert.equal(sum(seen), total);
  });

  it("a chunk stays as it is until its observer has settled", async () => {
    const seen: Buffer[] = [];
    const onChunk = async (chunk: Uint8Array): Promise<void> => {
      await turns(2);
      seen.push(Buffer.from(chunk));
    };
    const rig = await between({ onChunk });
    const whole = sample(1_000_003);
    const [arrived] = await Promise.all([readAll(rig.readFd), writeAll(rig.writeFd, pieces(whole))]);
    await rig.transfer.ended;
    assert.ok(whole.equals(arrived), "the output differs");
    assert.ok(whole.equals(Buffer.concat(seen)), "a chunk was used again too soon");
  });

  it("it has not ended before the observer of the last line has", async () => {
    let isDone = false;
    const onLines = async (): Promise<void> => {
      await turns(20);
      isDone = true;
    };
    const { transfer, writeFd } = await observing({ onLines });
    await writeAll(writeFd, [Buffer.from("no newline")]);
    assert.deepEqual(await transfer.ended, { end: "endOfInput" });
    assert.ok(isDone, "it had ended before");
  });

  const fault = new Error("of an observer");
  const throwing: Readonly<Record<string, () => Promise<void>>> = {
    "throws at once": () => {
      throw fault;
    },
    rejects: async () => {
      await turns(20);
      throw fault;
    },
  };
  for (const [how, work] of Object.entries(throwing)) {
    for (const kind of ["onChunk", "onLines"] as const) {
      it(`an observer that ${how} ends it, with what it threw (${kind})`, async () => {
        const rig = await between({ [kind]: work });
        const arrived = readAll(rig.readFd);
        await writeAll(rig.writeFd, endless());
        assertFailed(await rig.transfer.ended, fault);
        await arrived;
      });
    }
    it(`an observer that ${how} at the last line ends it, with what it threw`, async () => {
      const { transfer, writeFd } = await observing({ onLines: work });
      await writeAll(writeFd, [Buffer.from("no newline")]);
      assertFailed(await transfer.ended, fault);
    });
  }

  it("two observers that fail at the same chunk are one failure", async () => {
    const onChunk = throwing["rejects"];
    const onLines = throwing["throws at once"];
    const { transfer, writeFd } = await observing({ onChunk, onLines });
    await writeAll(writeFd, endless());
    assertFailed(await transfer.ended, fault);
    await turns();
  });

  it("an observer of lines, one of chunks, and an output see the same", async () => {
    const [lines, chunks]: [string[], Buffer[]] = [[], []];
    const rig = await between({
      onLines: (batch) => void lines.push(...batch),
      onChunk: (chunk) => void chunks.push(Buffer.from(chunk)),
    });
    const whole = Buffer.from(Array.from({ length: 100_000 }, (_, index) => `${index}\n`).join(""));
    const [arrived] = await Promise.all([readAll(rig.readFd), writeAll(rig.writeFd, pieces(whole))]);
    assert.deepEqual(await rig.transfer.ended, { end: "endOfInput" });
    assert.ok(whole.equals(arrived) && whole.equals(Buffer.concat(chunks)), "the bytes differ");
    assert.equal(lines.length, 100_000);
    assert.equal(`${lines.join("\n")}\n`, whole.toString());
  });
}

function assertFailed({ end, error }: TransferEnd, expected: Error): void {
  assert.equal(end, "failed");
  assert.ok(error === expected, inspect(error));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
