import assert from "node:assert/strict";
import { test } from "node:test";
import type { Transcoder } from "@jn/wire";
import fc from "fast-check";
import { compileFilter } from "../src/filter/compiler/compile.ts";
import { filteredRecords } from "./support/both-backends.ts";
import { sameForEveryChunkSize, withCuts } from "./support/cuts.ts";
import { mutatedJson } from "./support/mutated-json.ts";
import { transcodeOrFail } from "./support/transcode.ts";

const timeout = 120_000;

/** Filters that run natively, with what they are of. */
const NATIVE: readonly string[] = [
  ".a > 1",
  ".a.b == null",
  '.name >= "m"',
  "select(.a == true)",
  "select(.a) | {b, c: .c.d}",
  '{x: 1, y: "t", z: null, a: .a}',
  ".a",
  ".a | not",
  "(.a > 1 and .b < 2) or (.c | not)",
  "select(.a > 1) | select(.b) | .c == -2.5",
  ".a == .b",
  "$limit < .a",
];

const OTHERS: readonly string[] = [
  ".",
  "select(.a | length > 1)",
  ".a[0] > 1",
  "def select(f): .; select(.a)",
  "{a, a: 1}",
  "{(.a): 1}",
  ".a > 12345678901234567890",
  ".a + 1 > 2",
  "{a: .}",
];

test("which filters have a program for the native kernels", () => {
  const variables = new Map([["limit", 5]]);
  for (const text of NATIVE) assert.ok(compileFilter(text, { variables }).byFields?.selection !== undefined, text);
  for (const text of OTHERS) assert.ok(compileFilter(text, { variables }).byFields?.selection === undefined, text);
});

const path = fc.constantFrom(".a", ".b", ".a.b", ".a.b.c", '.["é"]', ".n", '."x y"');
const constant = fc.constantFrom(
  ...[
    "1",
    "0",
    "-2.5",
    "1.50",
    "3",
    "999999999999999",
    "null",
    "true",
    "false",
    '""',
    '"x"',
    '"é"',
    '"xa"',
    "$t",
    "$n",
  ],
);
const { condition } = fc.letrec<{ condition: string; compared: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("compared"),
    fc.tuple(tie("condition"), fc.constantFrom("and", "or"), tie("condition")).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie("condition").map((inner) => `(${inner} | not)`),
    path,
  ),
  compared: fc
    .tuple(path, fc.constantFrom("==", "!=", "<", "<=", ">", ">="), fc.oneof(constant, path), fc.boolean())
    .map(([left, operator, right, turned]) =>
      turned ? `${right} ${operator} ${left}` : `${left} ${operator} ${right}`,
    ),
}));
const filter = fc.oneof(
  condition,
  path,
  condition.map((inner) => `select(${inner})`),
  fc.tuple(condition, path).map(([inner, to]) => `select(${inner}) | {x: ${to}, y: "k", z: 12, a}`),
  fc.tuple(path, path).map(([a, b]) => `{p: ${a}, "q\\"é": ${b}}`),
);

const scalar = fc.constantFrom(
  ...["1", "0", "-0", "-2.5", "1.50", "3e0", "12345678901234567890", "999999999999999", "1000000000000000", "null"],
  ...[
    "true",
    "false",
    '""',
    '"x"',
    '"xa"',
    '"é"',
    String.raw`"\u00e9"`,
    String.raw`"\"x"`,
    "[]",
    "[1]",
    "{}",
    '{"b":1}',
  ],
);
const key = fc.constantFrom(
  ...['"a"', '"b"', '"c"', '"n"', '"é"', '"x y"', String.raw`"\u0061"`, '"a key that is longer than a block of bytes"'],
);
const blank = fc.constantFrom("", "", "", " ", "\t");
const objectOf = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(fc.tuple(key, blank, value, blank), { maxLength: 5 }), blank)
    .map(
      ([members, space]) =>
        `{${space}${members.map(([name, a, text, b]) => `${name}${a}:${b}${text}`).join(`,${space}`)}}`,
    );
const inner = fc.oneof({ weight: 3, arbitrary: scalar }, { weight: 1, arbitrary: objectOf(scalar) });
const record = fc.oneof(
  { weight: 8, arbitrary: objectOf(fc.oneof(inner, objectOf(inner))) },
  { weight: 1, arbitrary: scalar },
  { weight: 1, arbitrary: mutatedJson },
  { weight: 1, arbitrary: fc.constantFrom("", " ", "\r", "\t{} ") },
);
const records = fc.array(record, { maxLength: 6 }).map((lines) => Buffer.from(`\n${lines.join("\n")}`));

test(
  "rust and node backend: filters of fields give the same bytes and errors, wherever the input is cut",
  { timeout },
  () => {
    const variables = new Map<string, string | number>([
      ["t", "x"],
      ["n", 1.5],
    ]);
    let native = 0;
    fc.assert(
      fc.property(filter, withCuts(records), fc.constantFrom("records", "values"), (text, [input, cuts], results) => {
        const compiled = compileFilter(text, { variables });
        if (compiled.byFields?.selection !== undefined) native++;
        sameForEveryChunkSize(() => filteredRecords(compiled, { source: "t", results }), input, cuts);
      }),
      { numRuns: process.env["JN_TEST_HEAVY"] === "1" ? 50_000 : 600 },
    );
    assert.ok(native > 400, `only ${native} of the generated filters have a program`);
  },
);

test("rust and node backend: records by the thousand, which two threads take, stay in order", { timeout }, () => {
  const usual = (id: number): string => `{"id":${id},"a":${id % 7},"text":"${"x".repeat(id % 50)}"}`;
  const input = Buffer.from(
    Array.from({ length: 20_000 }, (_, id) => `${id % 997 === 3 ? `{"\\u0061": 5, "id":${id}}` : usual(id)}\n`).join(
      "",
    ),
  );
  const bad = Buffer.concat([input, Buffer.from("{oops\n"), input]);
  for (const text of [".a > 2", "select(.a == 5) | {id, a}", ".a < 0", ".a >= 0"]) {
    const compiled = compileFilter(text);
    for (const bytes of [input, bad]) {
      const make = (): Transcoder => filteredRecords(compiled, { source: "t" });
      const whole = transcodeOrFail(make, bytes);
      const pieces = Array.from({ length: 8 }, (_, at) => at * 300_000);
      assert.ok(transcodeOrFail(make, bytes, pieces) === whole, text);
      assert.equal(whole.includes("!t:20001:2: not JSON"), bytes === bad, whole.slice(-200));
    }
  }
});
