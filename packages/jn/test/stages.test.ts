import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ByteSink } from "@jn/wire";
import fc from "fast-check";
import { firstRecords } from "../src/stages/first-records.ts";
import { lastRecords } from "../src/stages/last-records.ts";
import { withCuts } from "./support/cuts.ts";
import { transcode } from "./support/transcode.ts";

const head = (count: number) => () => firstRecords(count, { source: "in" });
const tail =
  (count: number, maxBytes = 1_000_000) =>
  () =>
    lastRecords(count, { source: "in", maxBytes });

describe("head and tail", () => {
  const input = Buffer.from('{"n" :1}\n\n 2 \r\n[3]');
  const cases: readonly (readonly [count: number, first: string, last: string])[] = [
    [0, "", ""],
    [1, '{"n" :1}\n', "[3]\n"],
    [2, '{"n" :1}\n2\n', "2\n[3]\n"],
    [3, '{"n" :1}\n2\n[3]\n', '{"n" :1}\n2\n[3]\n'],
    [10, '{"n" :1}\n2\n[3]\n', '{"n" :1}\n2\n[3]\n'],
  ];
  for (const [count, first, last] of cases) {
    test(`head and tail: ${count} of 3 records, by their own bytes`, () => {
      assert.equal(transcode(head(count), input, [4, 5, 11]).toString(), first);
      assert.equal(transcode(tail(count), input, [4, 5, 11]).toString(), last);
    });
  }
});

test("head and tail: they are the ends of any input, however it is cut", () => {
  const lines = fc.array(fc.oneof(fc.integer().map(String), fc.constant(""), fc.constant(`"${"x".repeat(40)}"`)), {
    maxLength: 30,
  });
  const input = lines.map((all) => Buffer.from(all.join("\n")));
  fc.assert(
    fc.property(withCuts(input), fc.nat({ max: 20 }), ([bytes, cuts], count) => {
      const records = bytes
        .toString()
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => `${line}\n`);
      for (const places of [[], cuts]) {
        assert.equal(transcode(head(count), bytes, places).toString(), records.slice(0, count).join(""));
        assert.equal(
          transcode(tail(count), bytes, places).toString(),
          count === 0 ? "" : records.slice(-count).join(""),
        );
      }
    }),
    { numRuns: 300 },
  );
});

test("head: it is finished with its last record, at once for 0, and does not look further", () => {
  assert.equal(firstRecords(0, { source: "in" }).finished, true);
  const stage = firstRecords(2, { source: "in" });
  const sink = new ByteSink(() => undefined);
  stage.push(Buffer.from("1\n"), sink);
  assert.equal(stage.finished, false);
  stage.push(Buffer.from("2\nnot JSON\n\xff\n", "latin1"), sink);
  assert.equal(stage.finished, true);
  assert.equal(sink.bytes.toString("utf8", 0, sink.length), "1\n2\n");
});

test("head and tail: what is no JSON is an error, also where it would be left out", () => {
  assert.throws(() => transcode(head(3), Buffer.from("1\n2\nx\n")), { code: "BAD_DATA", message: /^in:3:1: not JSON/ });
  for (const count of [0, 1])
    assert.throws(() => transcode(tail(count), Buffer.from("x\n2\n")), {
      code: "BAD_DATA",
      message: /^in:1:1: not JSON/,
    });
});

test("tail: the bound is on the bytes it would hand on, whatever it has read", () => {
  // Each record takes 10 bytes with its newline.
  const input = Buffer.from('"1234567"\n'.repeat(50_000));
  assert.equal(transcode(tail(10, 100), input, [7, 70_000]).length, 100);
  assert.throws(() => transcode(tail(11, 100), input), {
    code: "RECORD_TOO_LONG",
    message: "the last records take more than 100 bytes; ask for fewer than 11, or raise --max-bytes",
  });
  assert.equal(transcode(tail(20_000, 200_000), input).length, 200_000);
  assert.throws(() => transcode(tail(20_001, 200_000), input), { code: "RECORD_TOO_LONG" });
});
