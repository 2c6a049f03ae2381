import assert from "node:assert/strict";
import fc from "fast-check";
import type { Transfer, TransferEnd } from "../../src/streams/stream-backend.ts";
import { type BackendBench, HEAVY } from "./backend-bench.ts";
import { pieces } from "./byte-samples.ts";
import { deliver, writeAll } from "./raw-pipe.ts";

/** What a transfer promises about lines: those of the platform's decoder, whatever the chunks. */
export function linesOfTransfers({ it, observing }: BackendBench): void {
  it("lines are those of a decoder, wherever the input is cut", async () => {
    for (let cut = 0; cut <= TRICKY.length; cut++) {
      const parts = [TRICKY.subarray(0, cut), TRICKY.subarray(cut)].filter(({ length }) => length > 0);
      const { lines } = await linesOf(observing, parts);
      assert.deepEqual(lines, linesByDecoder(TRICKY), `cut at ${cut}`);
    }
  });

  it("lines of random bytes are those of a decoder", async () => {
    const byte = fc.oneof(fc.constantFrom(0x0a, 0x0d, 0x41, 0xc3, 0xa9, 0xe2, 0x98, 0xf0, 0x9f, 0xff), fc.nat(255));
    const chunk = fc.array(byte, { minLength: 1, maxLength: 40 }).map((bytes) => Uint8Array.from(bytes));
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 6 }), async (parts) => {
        const { lines, end } = await linesOf(observing, parts);
        assert.deepEqual(lines, linesByDecoder(Buffer.concat(parts)));
        assert.deepEqual(end, { end: "endOfInput" });
      }),
      { numRuns: HEAVY ? 10_000 : 60 },
    );
  });

  it("only a newline ends a line", async () => {
    const text = "\uFEFFa\rb\fc\u2028d\u0085e\vf\r\n\r\n\n\rg";
    const { lines } = await linesOf(observing, [Buffer.from(text)]);
    assert.deepEqual(lines, ["\uFEFFa\rb\fc\u2028d\u0085e\vf", "", "", "\rg"]);
  });

  it("a carriage return and its newline in two chunks are one end of a line", async () => {
    const { lines } = await linesOf(
      observing,
      ["a\r", "\nb\r", "\n", "\r", "c"].map((text) => Buffer.from(text)),
    );
    assert.deepEqual(lines, ["a", "b", "\rc"]);
  });

  it("a very long line is one line", async () => {
    const long = "é".repeat(HEAVY ? 16_000_000 : 2_000_000);
    const { transfer, writeFd, lines } = await lineObserver(observing);
    await writeAll(writeFd, pieces(Buffer.from(`a\n${long}\nb`)));
    assert.deepEqual(await transfer.ended, { end: "endOfInput" });
    assert.deepEqual(
      lines.map((line) => line.length),
      [1, long.length, 1],
    );
    assert.ok(lines[1] === long, "its text differs");
  });
}

type Observing = BackendBench["observing"];

async function lineObserver(
  observing: Observing,
): Promise<{ transfer: Transfer; writeFd: number; lines: readonly string[] }> {
  const lines: string[] = [];
  return { ...(await observing({ onLines: (batch) => void lines.push(...batch) })), lines };
}

async function linesOf(
  observing: Observing,
  parts: readonly Uint8Array[],
): Promise<{ lines: readonly string[]; end: TransferEnd }> {
  const { transfer, writeFd, lines } = await lineObserver(observing);
  await deliver(writeFd, parts, transfer);
  return { end: await transfer.ended, lines };
}

/** Characters of every length, broken ones, every end of a line, and an unfinished character at the end. */
const TRICKY: Buffer = Buffer.concat([
  Buffer.from("\uFEFFé\r\n☃\r\r\n😀\n\n"),
  Buffer.from([0xff, 0xfe, 0x0a, 0xe2, 0x98, 0x0a, 0xf0, 0x9f, 0x98, 0x41, 0x0d, 0x0a, 0xed, 0xa0, 0x80, 0xc0, 0xaf]),
  Buffer.from("\f\u2028\u0085x\n\uFEFFy\r"),
  Buffer.from([0xe2, 0x98]),
]);

/** What the platform's decoder says, without any cut. */
function linesByDecoder(bytes: Uint8Array): readonly string[] {
  const parts = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).split("\n");
  const rest = parts.pop() ?? "";
  return [...parts.map((line) => line.replace(/\r$/, "")), ...(rest === "" ? [] : [rest])];
}
