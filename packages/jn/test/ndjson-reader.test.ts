import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ndjsonReader } from "./support/both-backends.ts";
import { MAX_DEPTH } from "../src/json/json-scanner.ts";
import { sameForEveryChunkSize, withCuts } from "./support/cuts.ts";
import { mutatedJson } from "./support/mutated-json.ts";
import { transcodeOrFail } from "./support/transcode.ts";

const make = () => ndjsonReader({ source: "in" });

function read(input: string | Buffer): string {
  return Buffer.from(sameForEveryChunkSize(make, Buffer.from(input as string), [4]), "latin1").toString();
}

const CASES: readonly (readonly [promise: string, input: string | Buffer, expected: string])[] = [
  ["a record's bytes are untouched", '{"b" :1.10, "a":"\\u0041\\/"}\n', '{"b" :1.10, "a":"\\u0041\\/"}\n'],
  ["any value is a record", '1\n"x"\nnull\n[ ]\n', '1\n"x"\nnull\n[ ]\n'],
  ["a missing last newline is added", '{"a":1}', '{"a":1}\n'],
  ["blank lines go", "\n1\n \t\r\n\n2\n\n", "1\n2\n"],
  ["blanks around a record go", " 1 \n\t2\r\n3", "1\n2\n3\n"],
  ["CR LF becomes LF", "1\r\n2\r\n", "1\n2\n"],
  ["a byte order mark goes", "\ufeff1\n2", "1\n2\n"],
  ["a byte order mark before a blank line goes", "\ufeff\n1", "1\n"],
  ["an empty input has no records", "", ""],
  [
    "error: a second byte order mark",
    "1\n\ufeff2\n",
    "1\n!in:2:1: not JSON: unexpected byte 0xef at >>> in >>>\ufeff2",
  ],
  [
    "error: an unfinished value",
    '1\n\n{"a":\n2',
    "1\n!in:3:6: not JSON: the value is not finished at the end of the line; was the input cut off?",
  ],
  [
    "error: a value over two lines",
    "[1,\n2]",
    "!in:1:4: not JSON: the value is not finished at the end of the line; was the input cut off?",
  ],
  ["error: two values on a line", "1\n  2 3\n", "1\n!in:2:5: not JSON: unexpected '3' at >>> in   2 >>>3"],
  [
    "error: a control character is escaped in the message",
    '"\u001b"',
    String.raw`!in:1:2: not JSON: unexpected byte 0x1b at >>> in ">>>\u001b"`,
  ],
  [
    "error: invalid UTF-8",
    Buffer.from('1\n{"a":"\xff"}\n2', "latin1"),
    "1\n!in:2:7: invalid UTF-8 (byte 0xff); name the encoding with ?encoding=latin1 (or another), or accept replacement characters with ?encoding=utf-8",
  ],
  [
    "error: a cut character",
    Buffer.from('"\xe6\xbc"\n', "latin1"),
    "!in:1:2: invalid UTF-8 (byte 0xe6); name the encoding with ?encoding=latin1 (or another), or accept replacement characters with ?encoding=utf-8",
  ],
];
for (const [promise, input, expected] of CASES) test(`ndjson: ${promise}`, () => assert.equal(read(input), expected));

test("ndjson: a line is a record exactly if JSON.parse accepts it: random changes to valid JSON", () => {
  fc.assert(
    fc.property(mutatedJson, (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = text.trim() === "";
      }
      const result = transcodeOrFail(make, Buffer.from(text));
      assert.equal(!result.startsWith("!"), valid, result);
      if (valid && text.trim() !== "")
        assert.equal(Buffer.from(result, "latin1").toString(), `${text.replaceAll(/^[ \t]+|[ \t]+$/g, "")}\n`);
    }),
    { numRuns: 3000 },
  );
});

test("ndjson: output and error do not depend on where the input is cut, valid UTF-8 or not", () => {
  const text = fc
    .array(fc.oneof(mutatedJson, fc.constantFrom("", " ", "\r", "\ufeff")), { maxLength: 4 })
    .map((parts) => Buffer.from(parts.join("\n")));
  const bytes = fc
    .tuple(text, fc.nat({ max: 30 }), fc.constantFrom(0xff, 0xc3, 0xe6, 0xbc, 0xf0))
    .map(([good, at, bad]) => Buffer.concat([good.subarray(0, at), Buffer.of(bad), good.subarray(at)]));
  fc.assert(
    fc.property(withCuts(fc.oneof(text, bytes)), ([input, cuts]) => {
      sameForEveryChunkSize(make, input, cuts);
    }),
    { numRuns: 1000 },
  );
});

test(`ndjson: ${MAX_DEPTH} levels are accepted, one more is refused`, () => {
  const nested = (depth: number): Buffer => Buffer.from("[".repeat(depth) + "]".repeat(depth));
  assert.equal(transcodeOrFail(make, nested(MAX_DEPTH)).length, 2 * MAX_DEPTH + 1);
  assert.match(transcodeOrFail(make, nested(MAX_DEPTH + 1)), new RegExp(`^!in:1:${MAX_DEPTH + 1}: `));
});

test("ndjson: the longest record is bounded; the records before one that is too long are out", () => {
  const bounded = () => ndjsonReader({ source: "in", maxRecordBytes: 5 });
  assert.match(
    sameForEveryChunkSize(bounded, Buffer.from("12345\n[1]\n123456\n1\n")),
    /^12345\n\[1\]\n!the record at byte 10 is longer than 5 bytes/,
  );
});
