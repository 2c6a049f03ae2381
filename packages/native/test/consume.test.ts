import assert from "node:assert/strict";
import { closeSync, writeSync } from "node:fs";
import { setImmediate as turn, setTimeout as pause } from "node:timers/promises";
import { test } from "node:test";
import fc from "fast-check";
import { consume, consumeBytes, consumeLines } from "./support/hops.ts";
import { HEAVY, native, skip } from "./support/native.ts";
import { openDescriptors, start } from "./support/processes.ts";

const options = { skip, timeout: 60_000 };
const CASES = HEAVY ? 10_000 : 300;

/** Bytes in which ends of lines, begun characters and what breaks them meet often. */
const trickyBytes = fc
  .array(
    fc.oneof(
      fc.constantFrom("\n", "\r", "\r\n", "a", "é", "☃", "😀", "\uFEFF", "\u2028").map((text) => Buffer.from(text)),
      fc
        .constantFrom([0xe2, 0x98], [0xf0, 0x9f, 0x98], [0xed, 0xa0, 0x80], [0xc3], [0xff])
        .map((bytes) => Buffer.from(bytes)),
      fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    ),
    { maxLength: 60 },
  )
  .map((pieces) => Buffer.concat(pieces));

/** The same, by TextDecoder. */
function decodedLines(bytes: Buffer): string[] {
  const lines = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).split("\n");
  const last = lines.pop() ?? "";
  return [...lines.map((line) => line.replace(/\r$/, "")), ...(last === "" ? [] : [last])];
}

/** Writes bytes into a pipe in pieces, with turns of the event loop in between. */
async function writePieces(fd: number, bytes: Buffer, cuts: readonly number[]): Promise<void> {
  let from = 0;
  for (const cut of [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)) {
    if (cut > from) writeSync(fd, bytes, from, cut - from);
    from = cut;
    await turn();
  }
  closeSync(fd);
}

test(
  `lines are those of TextDecoder, wherever the bytes arrive cut (${CASES} cases)`,
  { skip, timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        trickyBytes,
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.option(fc.integer({ min: 8, max: 20 }), { nil: undefined }),
        async (bytes, cuts, maxLineBytes) => {
          const { readFd, writeFd } = native().pipe();
          const { shown, result } = consumeLines(readFd, maxLineBytes === undefined ? {} : { maxLineBytes });
          await writePieces(writeFd, bytes, cuts);
          const { end, bytesRead } = await result;
          assert.equal(end, "endOfInput");
          assert.equal(bytesRead, bytes.length);
          assert.deepEqual(shown, decodedLines(bytes));
        },
      ),
      { numRuns: CASES },
    );
  },
);

test(`a tapped hop shows and carries the same random bytes (${CASES} cases)`, { skip, timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 1024 }), fc.array(fc.nat(), { maxLength: 8 }), async (random, cuts) => {
      const bytes = Buffer.from(random);
      const [first, second] = [native().pipe(), native().pipe()];
      const tapped = consumeBytes(first.readFd, { writeFd: second.writeFd });
      const carried = consumeBytes(second.readFd);
      await writePieces(first.writeFd, bytes, cuts);
      await Promise.all([tapped.result, carried.result]);
      assert.ok(Buffer.concat(tapped.shown).equals(bytes), "shown");
      assert.ok(Buffer.concat(carried.shown).equals(bytes), "carried");
    }),
    { numRuns: CASES },
  );
});

test("the lines of a program, carried on to another", options, async () => {
  const before = openDescriptors();
  const [first, second, third] = [native().pipe(), native().pipe(), native().pipe()];
  const seq = start(["seq", "300000"], "ignore", first.writeFd);
  const lines = consumeLines(first.readFd, { writeFd: second.writeFd });
  const wc = start(["wc", "-l"], second.readFd, third.writeFd);
  const count = consumeBytes(third.readFd);
  const [{ end, bytesWritten, bytesRead }] = await Promise.all([lines.result, count.result, seq.ended, wc.ended]);
  assert.equal(end, "endOfInput");
  assert.equal(bytesWritten, bytesRead);
  assert.equal(lines.shown.length, 300_000);
  assert.ok(lines.shown.every((line, index) => line === String(index + 1)));
  assert.equal(Number(Buffer.concat(count.shown).toString()), 300_000);
  assert.deepEqual(openDescriptors(), before);
});

test("an observer that does not acknowledge holds the producer; what waits is bounded", options, async () => {
  const { readFd, writeFd, capacityBytes } = native().pipe();
  const yes = start(["yes"], "ignore", writeFd);
  const waiting: (() => void)[] = [];
  const sizes: number[] = [];
  let everything = false;
  const hop = consume(readFd, {
    shape: "bytes",
    onBatch: (batch, acknowledge) => {
      sizes.push(batch.length);
      if (everything) acknowledge();
      else waiting.push(acknowledge);
    },
  });
  while (waiting.length < 4) await pause(1);
  await pause(100);
  assert.equal(waiting.length, 4);
  assert.ok(total(sizes) <= 4 * capacityBytes, `${total(sizes)} bytes`);
  // Twice is as once: the bound does not open.
  waiting[0]?.();
  waiting[0]?.();
  while (waiting.length < 5) await pause(1);
  await pause(100);
  assert.equal(waiting.length, 5);
  everything = true;
  for (const acknowledge of waiting) acknowledge();
  while (total(sizes) < 4 * 1024 * 1024) await pause(1);
  hop.pump.cancel();
  assert.equal((await hop.result).end, "cancelled");
  assert.equal((await yes.ended).signal, "SIGPIPE");
});

function total(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}

test("a consumer that leaves ends an observed hop, and its producer gets SIGPIPE", options, async () => {
  const [first, second] = [native().pipe(), native().pipe()];
  const yes = start(["yes"], "ignore", first.writeFd);
  const { result } = consumeLines(first.readFd, { writeFd: second.writeFd });
  const head = start(["head", "-n", "1"], second.readFd, "ignore");
  assert.equal((await result).end, "readerLeft");
  assert.equal((await yes.ended).signal, "SIGPIPE");
  assert.equal((await head.ended).status, 0);
});
