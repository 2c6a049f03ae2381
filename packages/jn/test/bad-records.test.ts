import assert from "node:assert/strict";
import { test } from "node:test";
import type { Transcoder } from "@jn/wire";
import fc from "fast-check";
import type { BadRecords } from "../src/bad-records/bad-records.ts";
import { csvReader } from "../src/formats/csv/csv-reader.ts";
import { ndjsonReader } from "../src/formats/ndjson/ndjson-reader.ts";
import { JnError } from "../src/jn-error.ts";
import { withCuts } from "./support/cuts.ts";
import { transcodeOrFail } from "./support/transcode.ts";

interface Bad {
  readonly line: number;
  readonly byte: number | undefined;
  readonly raw: Buffer;
  readonly length: number;
}

/** What is read of the input, and what is passed over. */
function read(
  makeReader: (bad: BadRecords) => Transcoder,
  input: Buffer,
  cuts: readonly number[],
): { readonly output: string; readonly bad: readonly Bad[] } {
  const found: Bad[] = [];
  const bad: BadRecords = {
    take(error, { bytes, start, end, byte, length = end - start }) {
      if (!(error instanceof JnError) || error.record === undefined) throw error;
      found.push({ line: error.record.place.line, byte, raw: Buffer.from(bytes.subarray(start, end)), length });
    },
  };
  return { output: transcodeOrFail(() => makeReader(bad), input, cuts), bad: found };
}

const everyByte = (input: Buffer): readonly number[] => Array.from({ length: input.length }, (_, at) => at);

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("1", "x", "ab", "é", "null", "{}", "[", "{") },
  { weight: 4, arbitrary: fc.constantFrom(",", "\n", "\r\n", "\r", '"', '""', '","', '{"a":1}\n') },
);
const text = fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.from(pieces.join("")));
/** The same with a byte that is no UTF-8. */
const bytes = fc.tuple(text, fc.option(fc.nat({ max: 80 }))).map(([good, at]) => {
  if (at === null || at > good.length) return good;
  return Buffer.concat([good.subarray(0, at), Buffer.from([0xff]), good.subarray(at)]);
});

test("bad records: of CSV, what is read and what is passed over is all there is, however it is cut", () => {
  const header = Buffer.from("a,b\n");
  fc.assert(
    fc.property(withCuts(bytes.map((rows) => Buffer.concat([header, rows]))), ([input, cuts]) => {
      const reader = (bad: BadRecords): Transcoder => csvReader({ source: "in", bad });
      const whole = read(reader, input, []);
      assert.deepEqual(read(reader, input, cuts), whole);
      assert.deepEqual(read(reader, input, everyByte(input)), whole);
      let rest = "";
      let at = 0;
      for (const { byte, raw } of whole.bad) {
        assert.ok(byte !== undefined && byte >= at);
        assert.deepEqual(input.subarray(byte, byte + raw.length), raw);
        rest += input.toString("latin1", at, byte);
        at = byte + raw.length;
      }
      rest += input.toString("latin1", at);
      // Without what was passed over, there is nothing wrong, and it is read as the same records.
      const strict = transcodeOrFail(() => csvReader({ source: "in" }), Buffer.from(rest, "latin1"));
      assert.equal(whole.output, strict);
    }),
    { numRuns: 300 },
  );
});

test("bad records: of NDJSON, each line is a record or bad, with its place, however it is cut", () => {
  fc.assert(
    fc.property(withCuts(bytes), ([input, cuts]) => {
      const reader = (bad: BadRecords): Transcoder => ndjsonReader({ source: "in", bad, maxRecordBytes: 12 });
      const whole = read(reader, input, []);
      assert.deepEqual(read(reader, input, cuts), whole);
      assert.deepEqual(read(reader, input, everyByte(input)), whole);
      const lines = input.toString("latin1").split("\n");
      for (const { line, byte, raw, length } of whole.bad) {
        assert.equal(
          lines.slice(0, line - 1).reduce((sum, before) => sum + before.length + 1, 0),
          byte,
        );
        assert.equal(lines[line - 1], raw.toString("latin1"));
        assert.equal(length, raw.length);
      }
      const full = lines.filter((line) => line.trim() !== "").length;
      const good = whole.output.split("\n").length - 1;
      assert.ok(!whole.output.includes("!"), whole.output);
      assert.equal(good + whole.bad.filter(({ raw }) => raw.toString("latin1").trim() !== "").length, full);
    }),
    { numRuns: 300 },
  );
});

test("bad records: of one that is too long, the beginning is kept, and its length", () => {
  const long = "x".repeat(200_000);
  for (const [reader, input, good] of [
    [
      (bad: BadRecords) => ndjsonReader({ source: "in", bad, maxRecordBytes: 100_000 }),
      `1\n"${long}"\n2\n"${long}`,
      "1\n2\n",
    ],
    [
      (bad: BadRecords) => csvReader({ source: "in", bad, maxRecordBytes: 100_000 }),
      `a\n1\n${long}\r\n2\n${long}`,
      '{"a":1}\n{"a":2}\n',
    ],
  ] as const) {
    for (const cuts of [[], [5, 70_000, 150_000, 200_004, 200_005, 200_006], [199_999]]) {
      const { output, bad } = read(reader, Buffer.from(input), cuts);
      assert.equal(output, good);
      assert.equal(bad.length, 2);
      for (const { raw, length, byte } of bad) {
        assert.ok(length >= 200_000 && length <= 200_002, String(length));
        // As much as a side file takes; a reader that has the whole record at hand may lend it.
        const kept = Math.min(raw.length, 64 * 1024);
        assert.equal(raw.toString("latin1", 0, kept), input.slice(byte, byte! + kept));
      }
    }
  }
});

test("bad records: what follows a line without an end is the end", () => {
  const reader = (bad: BadRecords): Transcoder => csvReader({ source: "in", bad });
  const { output, bad } = read(reader, Buffer.from('a,b\n1,2\n"3,4\n5,6\n'), []);
  assert.equal(output, '{"a":1,"b":2}\n{"a":5,"b":6}\n');
  assert.deepEqual(
    bad.map(({ line, raw }) => [line, raw.toString()]),
    [[3, '"3,4']],
  );
});
