import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { jsonReader, jsonWriter } from "./support/both-backends.ts";
import { MAX_DEPTH } from "../src/json/json-scanner.ts";
import { sameForEveryChunkSize, withCuts } from "./support/cuts.ts";
import { mutatedJson } from "./support/mutated-json.ts";
import { transcode, transcodeOrFail } from "./support/transcode.ts";

const make = () => jsonReader({ source: "in.json" });

/** The NDJSON of a JSON text, then `!` and the message if it failed; the same however it is cut. */
function read(input: string | Buffer): string {
  const bytes = Buffer.from(input as string);
  return Buffer.from(sameForEveryChunkSize(make, bytes, [bytes.length >> 1]), "latin1").toString();
}

const ACCEPTED: readonly (readonly [promise: string, input: string, expected: string])[] = [
  ["an array's elements are records", '[1,"a",null,{"x":1},[2]]', '1\n"a"\nnull\n{"x":1}\n[2]\n'],
  ["an object is one record", '{"a":[1,2]}', '{"a":[1,2]}\n'],
  ["scalars are records", "1", "1\n"],
  ["a string", '"a"', '"a"\n'],
  ["true", " true ", "true\n"],
  ["an empty array has none", "[]", ""],
  ["an empty input has none", "", ""],
  ["blanks alone have none", " \t\r\n", ""],
  ["values may follow one another", '{"a":1}{"b":2}\n[3,4] 5 "x"[[]]', '{"a":1}\n{"b":2}\n3\n4\n5\n"x"\n[]\n'],
  ["NDJSON is accepted", '{"a":1}\n{"a":2}\n', '{"a":1}\n{"a":2}\n'],
  ["blanks between tokens go", '[\r\n  {\t"a" : [ 1 , 2 ] , "b" : { } } ,\n[ ] ]\n', '{"a":[1,2],"b":{}}\n[]\n'],
  ["blanks in strings stay", '[" a  b "]', '" a  b "\n'],
  [
    "a number's text stays",
    "[1.10,-0,1E+400,123456789012345678901234567890,0e-0]",
    "1.10\n-0\n1E+400\n123456789012345678901234567890\n0e-0\n",
  ],
  ["escapes stay", String.raw`["\u0041\/\ud800\"\\\b"]`, String.raw`"\u0041\/\ud800\"\\\b"` + "\n"],
  ["repeated keys stay", '{"a":1,"a":2}', '{"a":1,"a":2}\n'],
  ["a byte order mark is passed over", "\ufeff[1]", "1\n"],
  ["a mark inside a string is text", '["\ufeff"]', '"\ufeff"\n'],
  ["control character 127 is text", '["\u007f"]', '"\u007f"\n'],
];
for (const [promise, input, expected] of ACCEPTED) test(`json: ${promise}`, () => assert.equal(read(input), expected));

const REFUSED: readonly (readonly [promise: string, input: string | Buffer, expected: string])[] = [
  ["a comma too many", "[1,\n2,]", "1\n2\n!in.json:2:3 (byte 6): not JSON: unexpected ']'"],
  ["a comma first", "[,1]", "!in.json:1:2 (byte 1): not JSON: unexpected ','"],
  ["a missing comma", "[1 2]", "1\n!in.json:1:4 (byte 3): not JSON: unexpected '2'"],
  ["the wrong bracket", '[{"a":1]', "!in.json:1:8 (byte 7): not JSON: unexpected ']' after: {\"a\":1"],
  ["a bracket too many", "[1]]", "1\n!in.json:1:4 (byte 3): not JSON: unexpected ']'"],
  ["a key without quotes", "{a:1}", "!in.json:1:2 (byte 1): not JSON: unexpected 'a' after: {"],
  ["single quotes", "['a']", "!in.json:1:2 (byte 1): not JSON: unexpected '''"],
  ["a key without a value", '{"a"}', "!in.json:1:5 (byte 4): not JSON: unexpected '}' after: {\"a\""],
  ["a comma after the last member", '{"a":1,}', "!in.json:1:8 (byte 7): not JSON: unexpected '}' after: {\"a\":1,"],
  [
    "a word that JSON lacks",
    "[1,\n True]",
    "1\n!in.json:2:2 (byte 5): not JSON: 'True' is no number, true, false or null",
  ],
  ["a leading zero", "[\n007]", "!in.json:2:1 (byte 2): not JSON: '007' is no number, true, false or null"],
  ["a bad number at the end", "1 -", "1\n!in.json:1:3 (byte 2): not JSON: '-' is no number, true, false or null"],
  ["a comment", "[1, // x", "1\n!in.json:1:5 (byte 4): not JSON: unexpected '/'"],
  [
    "a raw newline in a string",
    '["a\nb"]',
    "!in.json:1:4 (byte 3): not JSON: a raw control character (byte 0x0a) inside a string",
  ],
  ["a bad escape", String.raw`["ab\xcd"]`, "!in.json:1:6 (byte 5): not JSON: an escape that JSON does not have"],
  [
    "a short unicode escape",
    String.raw`["\u12"]`,
    "!in.json:1:7 (byte 6): not JSON: an escape that JSON does not have",
  ],
  ["an odd character, shown as its byte", "[\u00a01]", "!in.json:1:2 (byte 1): not JSON: unexpected byte 0xc2"],
  [
    "a control character, escaped in the message",
    "[\u001b[1m]",
    String.raw`!in.json:1:2 (byte 1): not JSON: unexpected byte 0x1b`,
  ],
  [
    "an end inside an array",
    "[1,\n2",
    "1\n!in.json:2:2 (byte 5): not JSON: the input ends inside an array; was it cut off?",
  ],
  [
    "an end inside an object",
    '{"a":',
    "!in.json:1:6 (byte 5): not JSON: the input ends inside an object; was it cut off?",
  ],
  ["an end inside a string", '["a', "!in.json:1:4 (byte 3): not JSON: the input ends inside a string; was it cut off?"],
  ["invalid UTF-8 in a string", Buffer.from('[1,\n"a\xff"]', "latin1"), "1\n!in.json:2:3 (byte 6): invalid UTF-8; "],
  ["a cut character in a string", Buffer.from('["\xe6\xbc"]', "latin1"), "!in.json:1:3 (byte 2): invalid UTF-8; "],
  [
    "a character that the end cuts",
    Buffer.from('["\xe6\xbc', "latin1"),
    "!in.json:1:5 (byte 4): the input ends inside a UTF-8 character; ",
  ],
  [
    "invalid UTF-8 outside strings",
    Buffer.from("[1\xff]", "latin1"),
    "1\n!in.json:1:3 (byte 2): not JSON: unexpected byte 0xff",
  ],
  ["half a byte order mark", Buffer.from("\xef\xbb[1]", "latin1"), "!in.json:1:1 (byte 0): invalid UTF-8; "],
];
for (const [promise, input, expected] of REFUSED) {
  test(`json: error: ${promise}`, () => {
    const result = read(input);
    if (typeof input === "string") assert.equal(result, expected);
    else assert.ok(result.startsWith(expected), result);
  });
}

/** After the cases of the JSONTestSuite (Seriot): what a parser must accept or refuse inside an array. */
const ORACLE: readonly string[] = [
  ..."0 -0 1 -1 01 -01 +1 1. .1 -.1 1.0 1e1 1E1 1e+1 1e-1 1e 1e+ 1.e1 0e 0e1 0.0e0 - -- 1-1 0x1 1_0 1a Infinity -Infinity NaN 2.e3 9.3e+".split(
    " ",
  ),
  ..."true false null tru truee True nul nulll falsey undefined".split(" "),
  ...String.raw`"" "\"" "\\" "\/" "\b\f\n\r\t" "\a" "\'" "\u" "\u0" "\u00" "\u000" "\u0000" "\u00G0" "\uD800" "\x41" "\0" "a '' "a"b" "\u00e9x"`.split(
    " ",
  ),
  ...String.raw`[] [1] [1,] [,1] [1,,2] [1,2] [[]] [[]]] [[] ] { } {} {"a":1} {"a":1,} {"a"} {"a":} {:1} {"a":1"b":2} {"a" 1} {a:1} {1:1} {"a":1,"a":2} {"a":{"b":[{}]}} {"a":1}} [}] {]}`.split(
    " ",
  ),
  '"\t"',
  '"\u0001"',
  '"\u007f"',
  '"\u2028"',
  "1\u00a0",
  "\u00a01",
  "\f1",
  "\v1",
  "1 1",
  "/**/1",
  "\ufeff1",
  "",
  " ",
  "\n1\n",
  "[1\n]",
  "[\r]",
  '{"a"\n:\n1}',
];
test("json: accepts and refuses what JSON.parse does: cases after the JSONTestSuite", () => {
  for (const text of ORACLE) {
    const wrapped = `{"v":${text}}`;
    assert.equal(isOneRecord(wrapped), parses(wrapped), wrapped);
  }
});

test("json: accepts and refuses what JSON.parse does: random changes to valid JSON", () => {
  fc.assert(
    fc.property(mutatedJson, (text) => {
      // Inside an object, so that values in a row cannot count as several records.
      const wrapped = `{"v":${text}}`;
      assert.equal(isOneRecord(wrapped), parses(wrapped));
    }),
    { numRuns: 3000 },
  );
});

function isOneRecord(text: string): boolean {
  const result = transcodeOrFail(make, Buffer.from(text), [3]);
  return !/^!/m.test(result) && result.split("\n").length === 2;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test("json: an input that is cut off anywhere is an error, unless what is there is complete", () => {
  const text = '[{"a\\u00e9":[1.5e3,true,null,{"ü":"x"}]},-12,"é",[]] ';
  const bytes = Buffer.from(text);
  const complete = bytes.length - 1;
  for (let length = 1; length <= bytes.length; length++) {
    const result = transcodeOrFail(make, bytes.subarray(0, length));
    assert.equal(!result.includes("!"), length >= complete, bytes.toString("utf8", 0, length));
  }
  const single = Buffer.from('{"a":{"b":[1,2]}}');
  for (let length = 1; length < single.length; length++)
    assert.match(
      transcodeOrFail(make, single.subarray(0, length)),
      /^!in\.json:1:\d+ \(byte \d+\): not JSON: the input ends inside/,
    );
});

describe("json: nesting", () => {
  const nested = (depth: number, open: string, close: string): Buffer =>
    Buffer.from(open.repeat(depth) + "1" + close.repeat(depth));
  for (const [kind, open, close] of [
    ["arrays", "[", "]"],
    ["objects", '{"a":', "}"],
  ] as const) {
    test(`json: ${MAX_DEPTH} ${kind} are accepted, one more is refused`, () => {
      const deepest = transcode(make, nested(MAX_DEPTH, open, close), [9999]).toString();
      assert.equal(deepest.length, (MAX_DEPTH - (open === "[" ? 1 : 0)) * (open.length + close.length) + 2);
      const refused = transcodeOrFail(make, nested(MAX_DEPTH + 1, open, close));
      assert.equal(
        refused,
        `!in.json:1:${MAX_DEPTH * open.length + 1} (byte ${MAX_DEPTH * open.length}): nested deeper than 10000 levels`,
      );
    });
  }
});

test("json: a record of the longest length passes, one byte more does not, wherever it is", () => {
  for (const [before, after] of [
    ["", ""],
    ["[", "]"],
    ["[1,", ",2]"],
  ] as const) {
    const bounded = () => jsonReader({ source: "in.json", maxRecordBytes: 6 });
    assert.doesNotMatch(sameForEveryChunkSize(bounded, Buffer.from(`${before}"1234"${after}`)), /!/);
    assert.match(
      sameForEveryChunkSize(bounded, Buffer.from(`${before}"12345"${after}`)),
      /^(?:1\n)?!in\.json:1: a record is longer than 6 bytes/,
    );
  }
});

test("json: memory holds a record, not the array around it: what is held is counted", () => {
  const element = Buffer.from(`${JSON.stringify({ text: "x".repeat(1000) })},`);
  const chunks = Buffer.concat([Buffer.from("["), ...Array.from({ length: 2000 }, () => element), Buffer.from("1]")]);
  const bounded = () => jsonReader({ source: "in.json", maxRecordBytes: 2000 });
  const cuts = Array.from({ length: Math.floor(chunks.length / 100) }, (_, index) => 100 * index);
  assert.equal(transcode(bounded, chunks, cuts).length, 2000 * element.length + 2);
});

const wildJson = fc
  .array(
    fc.oneof(
      mutatedJson,
      fc.jsonValue().map((value) => JSON.stringify(value, null, 1)),
      fc.constantFrom("[", "]", ",", "\n", " ", "é"),
    ),
    { maxLength: 4 },
  )
  .map((parts) => Buffer.from(parts.join("")));
const wildBytes = fc
  .tuple(wildJson, fc.nat({ max: 20 }), fc.constantFrom(0xff, 0xc3, 0xe6, 0xbc, 0xf0, 0xef, 0xbb))
  .map(([bytes, at, bad]) => Buffer.concat([bytes.subarray(0, at), Buffer.of(bad), bytes.subarray(at)]));

test("json: output and error do not depend on where the input is cut, valid UTF-8 or not", () => {
  fc.assert(
    fc.property(withCuts(fc.oneof(wildJson, wildBytes)), ([input, cuts]) => {
      sameForEveryChunkSize(make, input, cuts);
    }),
    { numRuns: 1500 },
  );
});

test("json: NDJSON to JSON and back is the same, indented or not", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.nat({ max: 3 }), (values, indent) => {
      const ndjson = values.map((value) => `${JSON.stringify(value)}\n`).join("");
      const json = transcode(() => jsonWriter({ source: "in", indent }), Buffer.from(ndjson));
      assert.deepEqual(JSON.parse(json.toString()), JSON.parse(`[${ndjson.trim().replaceAll("\n", ",")}]`));
      assert.equal(transcode(make, json, [5]).toString(), ndjson);
    }),
    { numRuns: 200 },
  );
});
