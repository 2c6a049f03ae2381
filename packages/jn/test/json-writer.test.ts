import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { jsonWriter } from "./support/both-backends.ts";
import { sameForEveryChunkSize, withCuts } from "./support/cuts.ts";
import { mutatedJson } from "./support/mutated-json.ts";
import { transcode } from "./support/transcode.ts";

function write(input: string, indent?: number): string {
  const result = sameForEveryChunkSize(() => jsonWriter({ source: "in", indent }), Buffer.from(input), [3]);
  return Buffer.from(result, "latin1").toString();
}

const CASES: readonly (readonly [promise: string, input: string, indent: number | undefined, expected: string])[] = [
  ["an empty input is an empty array", "", undefined, "[]\n"],
  ["an empty input is an empty array, indented too", "\n \n", 2, "[]\n"],
  ["one record a line", '{"a":1}\n[2]\n\n"x"', undefined, '[\n{"a":1},\n[2],\n"x"\n]\n'],
  ["without an indent the record's own bytes stay", ' { "a" : 1.10 } \r\n', 0, '[\n{ "a" : 1.10 }\n]\n'],
  [
    "an indent changes blanks only",
    '{ "a\\"{" :[1.10,-0,"\\u0041, [ ]"],"b":{ },"c":[ ]}',
    2,
    '[\n  {\n    "a\\"{": [\n      1.10,\n      -0,\n      "\\u0041, [ ]"\n    ],\n    "b": {},\n    "c": []\n  }\n]\n',
  ],
  [
    "an invalid line is refused, the lines before it are written",
    "1\n{\n",
    undefined,
    "[\n1!in:2:2: not JSON: the value is not finished at the end of the line; was the input cut off?",
  ],
];
for (const [promise, input, indent, expected] of CASES)
  test(`json writer: ${promise}`, () => assert.equal(write(input, indent), expected));

test("json writer: an indent is laid out as JSON.stringify does it", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 8 }), (values, indent) => {
      const ndjson = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
      const parsed = values.map((value): unknown => JSON.parse(JSON.stringify(value)));
      assert.equal(
        transcode(() => jsonWriter({ source: "in", indent }), ndjson).toString(),
        `${JSON.stringify(parsed, null, indent)}\n`,
      );
    }),
    { numRuns: 200 },
  );
});

test("json writer: output and error do not depend on where the input is cut", () => {
  const input = fc.array(mutatedJson, { maxLength: 3 }).map((lines) => Buffer.from(lines.join("\n")));
  fc.assert(
    fc.property(withCuts(input), fc.constantFrom(0, 2), ([bytes, cuts], indent) => {
      sameForEveryChunkSize(() => jsonWriter({ source: "in", indent }), bytes, cuts);
    }),
    { numRuns: 300 },
  );
});
