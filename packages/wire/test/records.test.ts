import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough, Readable, Writable } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import type { LineOptions } from "../src/line-splitter.ts";
import { readRecords, writeRecords } from "../src/records.ts";

type Input = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The values that arrive, and how it ended. */
async function collect(input: Input, options?: LineOptions): Promise<{ values: unknown[]; error?: string }> {
  const values: unknown[] = [];
  try {
    for await (const value of readRecords(input, options)) values.push(value);
    return { values };
  } catch (error) {
    return { values, error: (error as Error).message };
  }
}

const everyByte = (text: string): Buffer[] => Array.from(Buffer.from(text), (byte) => Buffer.of(byte));
const bytes = (text: string): Buffer[] => [Buffer.from(text)];

test("readRecords: values come line by line; blank lines and a missing last newline do not matter", async () => {
  assert.deepEqual(await collect(bytes('{"a":1}\n\n  \r\n[2]\r\n"é"')), { values: [{ a: 1 }, [2], "é"] });
  assert.deepEqual(await collect([]), { values: [] });
});

test("readRecords: chunks may be views of larger memory, cut anywhere", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue(), { maxLength: 5 }),
      fc.array(fc.nat({ max: 200 }), { maxLength: 6 }),
      async (values, cuts) => {
        const texts = values.map((value) => JSON.stringify(value));
        const all = new Uint8Array(Buffer.from(`#${texts.map((text) => `${text}\n`).join("")}#`));
        const places = [1, ...cuts.filter((cut) => cut > 1 && cut < all.length - 1), all.length - 1].toSorted(
          (a, b) => a - b,
        );
        const chunks = places.slice(1).map((place, index) => all.subarray(places[index], place));
        assert.deepEqual(await collect(chunks), { values: texts.map((text): unknown => JSON.parse(text)) });
      },
    ),
    { numRuns: 100 },
  );
});

test("readRecords: a bad line is named by its number, and the values before it arrive", async () => {
  const input = '1\n\n{"a":}\n3\n';
  for (const chunks of [bytes(input), everyByte(input)]) {
    const { values, error } = await collect(chunks);
    assert.deepEqual(values, [1]);
    assert.equal(error, 'line 3 is not JSON: {"a":}');
  }
  const long = await collect(bytes(`1\n${"x".repeat(1000)}`));
  assert.equal(long.error, `line 2 is not JSON: ${"x".repeat(60)}...`);
});

test("readRecords: regression: values before a line that is too long were lost when they shared its chunk", async () => {
  const input = "1\n2\n34567\n8\n";
  for (const chunks of [bytes(input), everyByte(input)]) {
    const { values, error } = await collect(chunks, { maxRecordBytes: 4 });
    assert.deepEqual(values, [1, 2]);
    assert.match(error ?? "", /^the record at byte 4 is longer than 4 bytes/);
  }
});

test("readRecords: leaving the loop closes the input, and a producing process learns of it", async () => {
  const child = spawn("yes", ['{"y":1}'], { stdio: ["ignore", "pipe", "ignore"] });
  const exit = once(child, "exit");
  for await (const record of readRecords(child.stdout)) {
    assert.deepEqual(record, { y: 1 });
    break;
  }
  assert.ok(child.stdout.destroyed);
  // Node gives a child a socket, so `yes` ends by SIGPIPE or by its own error; what counts is that it ends.
  const [code, signal] = (await exit) as [number | null, NodeJS.Signals | null];
  assert.ok(code !== 0 || signal !== null);
});

test("readRecords: a generator that fails passes on its own error, and its `finally` runs when the loop is left", async () => {
  let closed = false;
  async function* source(): AsyncGenerator<Buffer> {
    try {
      yield Buffer.from("1\n");
      await Promise.reject(new Error("the source failed"));
    } finally {
      closed = true;
    }
  }
  assert.deepEqual(await collect(source()), { values: [1], error: "the source failed" });
  closed = false;
  for await (const value of readRecords(source())) if (value === 1) break;
  assert.ok(closed);
});

test("readRecords: only as much is pulled as the loop asks for", async () => {
  let pulled = 0;
  function* source(): Generator<Buffer> {
    for (;;) yield Buffer.from(`${pulled++}\n`);
  }
  let seen = 0;
  for await (const value of readRecords(source())) {
    assert.equal(value, seen++);
    assert.ok(pulled <= seen + 1, `${pulled} chunks pulled for ${seen} values`);
    if (seen === 100) break;
  }
});

test("writeRecords: every value becomes a line, and readRecords gives it back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), async (values) => {
      const stream = new PassThrough();
      const [{ values: read }] = await Promise.all([collect(stream), writeRecords(values, stream)]);
      assert.deepEqual(JSON.stringify(read), JSON.stringify(values));
    }),
    { numRuns: 50 },
  );
});

test("writeRecords: the producer waits for a slow consumer: records made ahead are counted", async () => {
  const total = 3000;
  const record = { text: "x".repeat(1000) };
  let made = 0;
  let written = 0;
  let mostAhead = 0;
  const slow = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      mostAhead = Math.max(mostAhead, made - written);
      written += chunk.toString().split("\n").length - 1;
      setImmediate(done);
    },
  });
  function* records(): Generator<object> {
    for (; made < total; made++) yield record;
  }
  await writeRecords(records(), slow);
  assert.equal(written, total);
  // 64 KiB of read-ahead are 65 records of 1012 bytes; the rest is what is under way.
  assert.ok(mostAhead < 100, `${mostAhead} records were made ahead`);
});

test("writeRecords: a value without a JSON form is an error that says which, after the good ones", async () => {
  const output: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      output.push(chunk);
      done();
    },
  });
  await assert.rejects(writeRecords([1, undefined], sink), {
    code: "BAD_RECORD",
    message: "record 1 (undefined) has no JSON form",
  });
  assert.ok(sink.destroyed);
});

test("writeRecords: an output that fails ends the producer and passes on its own error", async () => {
  let closed = false;
  async function* endless(): AsyncGenerator<number> {
    try {
      for (let value = 0; ; value++) yield await Promise.resolve(value);
    } finally {
      closed = true;
    }
  }
  const broken = new Writable({
    write(_chunk, _encoding, done) {
      done(new Error("disk on fire"));
    },
  });
  await assert.rejects(writeRecords(endless(), broken), /disk on fire/);
  assert.ok(closed);
  // A Node readable is an input like any other.
  assert.deepEqual(await collect(Readable.from([Buffer.from("1\n2")])), { values: [1, 2] });
});
