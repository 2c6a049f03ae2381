import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LineSplitter } from "../src/line-splitter.ts";
import { WireError } from "../src/wire-error.ts";

const HEAVY = process.env["JN_TEST_HEAVY"] === "1";
const MIB = 1024 * 1024;

interface Split {
  readonly lines: string;
  readonly error: string | undefined;
}

/** What the splitter hands on of an input that arrives cut at these places, and how it failed. */
function split(input: Buffer, cuts: readonly number[], maxRecordBytes?: number): Split {
  let lines = "";
  const splitter = new LineSplitter(
    (bytes, start, end) => {
      assert.ok(end > start, "an empty run of lines");
      assert.equal(bytes[end - 1], 10, "a run of lines must end in a newline");
      lines += bytes.toString("latin1", start, end);
    },
    { maxRecordBytes },
  );
  try {
    let from = 0;
    for (const cut of [...cuts, input.length].toSorted((a, b) => a - b)) {
      // Memory of its own, spoilt afterwards: the chunk is only lent.
      const chunk = Buffer.from(input.subarray(from, cut));
      splitter.push(chunk);
      chunk.fill(0x21);
      from = cut;
    }
    splitter.end();
    return { lines, error: undefined };
  } catch (error) {
    assert.ok(error instanceof WireError && error.code === "RECORD_TOO_LONG");
    return { lines, error: error.message };
  }
}

const everyByte = (length: number): number[] => Array.from({ length }, (_, at) => at);

const text = fc
  .array(fc.oneof({ weight: 1, arbitrary: fc.constant("\n") }, { weight: 3, arbitrary: fc.constantFrom("a", "b\r") }), {
    maxLength: 60,
  })
  .map((parts) => Buffer.from(parts.join("")));

const cutText = text.chain((input) =>
  fc.tuple(fc.constant(input), fc.array(fc.nat({ max: input.length }), { maxLength: 8 })),
);

test("line splitter: every byte is handed on once, a missing last newline is added, however the input is cut", () => {
  fc.assert(
    fc.property(cutText, ([input, cuts]) => {
      const whole = input.toString("latin1");
      const expected = whole === "" || whole.endsWith("\n") ? whole : `${whole}\n`;
      for (const places of [[], cuts, everyByte(input.length)])
        assert.deepEqual(split(input, places), { lines: expected, error: undefined });
    }),
    { numRuns: 500 },
  );
});

test("line splitter: a bound on the line gives the same lines and the same error for every cut", () => {
  fc.assert(
    fc.property(cutText, fc.integer({ min: 0, max: 8 }), ([input, cuts], maxRecordBytes) => {
      const lines = input.toString("latin1").split("\n");
      if (lines.at(-1) === "") lines.pop();
      const tooLong = lines.findIndex((line) => line.length > maxRecordBytes);
      const good = (tooLong < 0 ? lines : lines.slice(0, tooLong)).map((line) => `${line}\n`).join("");
      for (const places of [[], cuts, everyByte(input.length)]) {
        const { lines: handedOn, error } = split(input, places, maxRecordBytes);
        assert.equal(handedOn, good);
        if (tooLong < 0) assert.equal(error, undefined);
        else
          assert.match(error ?? "", new RegExp(`^the record at byte ${good.length} is longer than ${maxRecordBytes} `));
      }
    }),
    { numRuns: 500 },
  );
});

test("line splitter: regression: lines before one that is too long in the same chunk were not handed on", () => {
  assert.deepEqual(split(Buffer.from("a\nbb\nccc\nd\n"), [], 2), {
    lines: "a\nbb\n",
    error: "the record at byte 5 is longer than 2 bytes; raise the bound if it is really one record",
  });
});

test("line splitter: a line of exactly the bound passes, its newline is not counted", () => {
  for (const end of ["\n", ""]) {
    assert.equal(split(Buffer.from(`1234${end}`), [2], 4).error, undefined);
    assert.notEqual(split(Buffer.from(`12345${end}`), [2], 4).error, undefined);
  }
});

test("line splitter: whole lines of a chunk are handed on in one call, without a copy", () => {
  const calls: [Buffer, number, number][] = [];
  const splitter = new LineSplitter((...call) => calls.push(call));
  const chunk = Buffer.from("a\nb\n\nc");
  splitter.push(chunk);
  assert.deepEqual(
    calls.map(([, start, end]) => [start, end]),
    [[0, 5]],
  );
  assert.equal(calls[0]![0], chunk);
});

test("line splitter: nothing is handed on for an empty input, or for empty chunks", () => {
  const splitter = new LineSplitter(() => assert.fail("no line is complete"));
  splitter.push(Buffer.alloc(0));
  splitter.end();
  splitter.push(Buffer.alloc(0));
  splitter.end();
});

test("line splitter: a long line in small chunks costs linear work: bytes searched and copied are counted", () => {
  const size = (HEAVY ? 256 : 32) * MIB;
  const chunkSize = 64 * 1024;
  let length = 0;
  let content = true;
  const splitter = new LineSplitter((bytes, start, end) => {
    length = end - start;
    content = bytes[start] === 0x78 && bytes[end - 2] === 0x78 && bytes[end - 1] === 10;
  });
  const chunk = Buffer.alloc(chunkSize, "x");
  let searched = 0;
  // oxlint-disable-next-line typescript/unbound-method -- they are called with their receiver
  const { indexOf, lastIndexOf } = chunk;
  chunk.indexOf = (byte: string | number | Uint8Array) => {
    searched += chunkSize;
    return indexOf.call(chunk, byte, "utf8");
  };
  chunk.lastIndexOf = (byte: string | number | Uint8Array) => {
    searched += chunkSize;
    return lastIndexOf.call(chunk, byte, "utf8");
  };
  const copied = bytesCopied(() => {
    for (let pushed = 0; pushed < size; pushed += chunkSize) splitter.push(chunk);
    splitter.end();
  });
  assert.equal(length, size + 1);
  assert.ok(content);
  assert.ok(searched <= 2 * size, `${searched} bytes searched for a line of ${size}`);
  assert.ok(copied >= size, "the count sees the copies");
  assert.ok(copied <= 3 * size, `${copied} bytes copied for a line of ${size}`);
});

/** Bytes that go through the engine's copying calls while `work` runs. */
function bytesCopied(work: () => void): number {
  let copied = 0;
  const buffers = Buffer.prototype as Buffer;
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its receiver, and put back
  const { copy } = buffers;
  // oxlint-disable-next-line typescript/unbound-method -- the same
  const { set } = Uint8Array.prototype;
  buffers.copy = function counted(this: Buffer, ...args: Parameters<Buffer["copy"]>) {
    const count = copy.apply(this, args);
    copied += count;
    return count;
  };
  // oxlint-disable-next-line eslint/no-extend-native -- to count, and put back
  Uint8Array.prototype.set = function counted(this: Uint8Array, from: ArrayLike<number>, at?: number) {
    copied += from.length;
    set.call(this, from, at);
  };
  try {
    work();
  } finally {
    buffers.copy = copy;
    // oxlint-disable-next-line eslint/no-extend-native -- put back
    Uint8Array.prototype.set = set;
  }
  return copied;
}
