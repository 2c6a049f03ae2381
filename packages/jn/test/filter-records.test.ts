import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { loadBuiltins } from "../src/filter/builtins/native.ts";
import { compileFilter } from "../src/filter/compiler/compile.ts";
import { ResultPrinter } from "../src/stages/result-printer.ts";
import type { FilteredRecordsOptions } from "../src/stages/filtered-records.ts";
import { filteredRecords } from "./support/both-backends.ts";
import { transcode, transcodeOrFail } from "./support/transcode.ts";

await loadBuiltins();

type Results = "records" | "values" | "raw";

/** How results are printed, for one run. */
function printing(results: Results): Pick<FilteredRecordsOptions, "results" | "printer"> {
  if (results !== "raw") return { results };
  return { results: "values", printer: new ResultPrinter({ raw: true }) };
}

/** The output for these lines; an error is part of it. */
function filtered(text: string, input: string, results: Results = "records", cuts: readonly number[] = []): string {
  const compiled = compileFilter(text);
  return transcodeOrFail(
    () => filteredRecords(compiled, { source: "t", ...printing(results) }),
    Buffer.from(input),
    cuts,
  );
}

const RECORD_CASES: readonly [promise: string, filter: string, input: string, output: string][] = [
  ["true keeps the record", ".a > 1", '{"a":1}\n{"a":2}\n', '{"a":2}\n'],
  ["several true results keep it once", ".a[] > 1", '{"a":[2,3]}\n{"a":[1]}\n', '{"a":[2,3]}\n'],
  ["one true among false results keeps it", "false, true, null, true", "1\n", "1\n"],
  ["false and null drop it", "if . > 1 then false else null end", "1\n2\n", ""],
  ["no result drops it", "empty", '{"a":1}\n', ""],
  ["any other result replaces it", ".a", '{"a":"x"}\n{"a":0}\n{"a":{}}\n', '"x"\n0\n{}\n'],
  ["several results give several records", ".a[]", '{"a":[1,"b",[]]}\n', '1\n"b"\n[]\n'],
  ["the record itself and a new one", "., {b: .a}", '{"a": 1}\n', '{"a": 1}\n{"b":1}\n'],
  ["the record twice is kept once", "., .", '{"a":1}\n', '{"a":1}\n'],
  ["a selected null is dropped", ".", "null\nfalse\n1\n", "1\n"],
  ["a selected true is kept", ".", "true\n", "true\n"],
  ["blank lines are no records", ".", "\n \n1\n\n", "1\n"],
];

for (const [promise, text, input, output] of RECORD_CASES) {
  test(`records: ${promise} (${text})`, () => assert.equal(filtered(text, input), output));
}

const OWN_BYTES: readonly string[] = [
  '{ "a" : 1 , "b":[ 1,2 ] }',
  '{"a":1.0,"b":1.50,"c":1e5,"d":1E+2,"e":-0,"f":-0.0}',
  '{"a":"\\u00e9\\/\\ud83d\\ude00","\\u0061":2}',
  '{"id":12345678901234567890,"x":0.1234567890123456789}',
  '{"a":1,"a":2,"a":3}',
  '{"b":1,"1":2,"a":3,"0":4}',
  '{"__proto__":1,"constructor":{"__proto__":null}}',
  '{"a":1e1000,"b":-1e-1000}',
  '\t{"a":[[[]]]}',
];

test("records that a filter only selects pass by their own bytes", () => {
  const input = OWN_BYTES.map((line) => `${line}\n`).join("");
  const output = OWN_BYTES.map((line) => `${line.trimStart()}\n`).join("");
  const selecting = [
    ".",
    "select(.)",
    "select(.a != 99)",
    "true",
    ".a != 99",
    "if .zz then empty else . end",
    'select(has("zz") | not)',
    ". as $x | $x",
    "first(.)",
    ".[] | true",
  ];
  for (const text of selecting) assert.equal(filtered(text, input), output, text);
});

test("a carriage return and blanks after a record are no part of it", () => {
  assert.equal(filtered("select(.a)", '{"a":1} \t\r\n{"a": 2}\r\n'), '{"a":1}\n{"a": 2}\n');
});

const REBUILT: readonly [filter: string, input: string, output: string][] = [
  [".a = 1", '{"id":12345678901234567890,"x":1.10}', '{"id":12345678901234567890,"x":1.10,"a":1}'],
  [".b", '{"b":[1.0,1e5,-0,0.10,1E400]}', "[1.0,1e5,-0,0.10,1E400]"],
  ["{id}", '{"id":12345678901234567890,"z":1}', '{"id":12345678901234567890}'],
  ["{n: .x}", '{"x":1e1000}', '{"n":1e1000}'],
  [".z = 0", '{"b":1,"1":2,"a":3,"0":4}', '{"b":1,"1":2,"a":3,"0":4,"z":0}'],
  ["del(.b)", '{"b":1,"10":2,"a":3,"9":4}', '{"10":2,"a":3,"9":4}'],
  [".c = 1", '{"b":1,"\\u0031":2}', '{"b":1,"1":2,"c":1}'],
  [".c = 1", '{"\\u0000":1,"\\u00001":2,"1":3}', '{"\\u0000":1,"\\u00001":2,"1":3,"c":1}'],
  ["keys_unsorted", '{"b":1,"7":1,"\\u0000x":1,"4294967295":1}', '["b","7","\\u0000x","4294967295"]'],
  [".a", '{"a":1,"a":2}', "2"],
  [".c = 3", '{"a":1,"b":2,"a":4}', '{"a":4,"b":2,"c":3}'],
  [".id + 1", '{"id":9007199254740993}', "9007199254740994"],
  [".id - 1", '{"id":12345678901234567890}', "12345678901234567889"],
  [".id * 10", '{"id":9007199254740993}', "90071992547409930"],
  [".id % 10", '{"id":12345678901234567893}', "3"],
  ["-.id", '{"id":12345678901234567890}', "-12345678901234567890"],
  [".id == 12345678901234567891", '{"id":12345678901234567890}', ""],
  [".id < 12345678901234567891", '{"id":12345678901234567890}', '{"id":12345678901234567890}'],
  ["[.a, .b] | unique", '{"a":1.0,"b":1}', "[1.0]"],
  ["[.a[] | . + 0]", '{"a":[1.0,1.50,1e2]}', "[1,1.5,100]"],
];

for (const [text, input, output] of REBUILT) {
  test(`rebuilt records keep what a double or an object would lose: ${text} on ${input}`, () => {
    assert.equal(filtered(text, `${input}\n`), output === "" ? "" : `${output}\n`);
  });
}

test("--values prints every result, --raw-output strings without quotes", () => {
  const input = '{"a":null}\n{"a": true}\n{"a":"x\\ny"}\n1.0\n';
  assert.equal(filtered(".a?", input, "values"), 'null\ntrue\n"x\\ny"\n');
  assert.equal(filtered(".a?", input, "raw"), "null\ntrue\nx\ny\n");
  assert.equal(filtered("., .", '{"a": 1}\n', "values"), '{"a": 1}\n{"a": 1}\n');
  assert.equal(filtered(".", 'null\n"s"\n 1.0\n', "values"), 'null\n"s"\n1.0\n');
  assert.equal(filtered(".", 'null\n"s"\n', "raw"), "null\ns\n");
});

test("errors name source, line and value; records before them are written", () => {
  assert.equal(
    filtered(".a + 1", '{"a":1}\n\n{"a":"x"}\n{"a":2}\n'),
    '2\n!t:3: the filter failed at column 1: string ("x") and number (1) cannot be added',
  );
  assert.equal(
    filtered(".a > 1", '{"a":2}\n[1]\n'),
    '{"a":2}\n!t:2: the filter failed at column 1: Cannot index array with string ("a")',
  );
  assert.match(filtered(".a", '{"a":2}\n{"a":}\n'), /^2\n!t:2:6: not JSON: unexpected '}'/);
  assert.match(filtered(".", "1 2\n"), /^!t:1:3: not JSON/);
});

test("a depth of 10,000 levels is accepted and one more refused, in both modes", () => {
  const nested = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;
  for (const text of [".a != 1", "length == 1", ".b == null", 'has("a")']) {
    assert.equal(filtered(text, `{"a":${nested(9_999)}}\n`).length, 20_005, text);
    assert.match(filtered(text, `{"a":${nested(10_000)}}\n`), /^!t:1:\d+: not JSON/, text);
  }
  assert.match(filtered(".a.b", `{"a":{"b":${nested(9_999)}}}\n`), /^!t:1:\d+: not JSON/);
});

// Field mode against whole mode.

const key = fc.constantFrom("a", "b", "c", "ab", "k", "0", "é", "__proto__");
const spelledKey = key.chain((name) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constant(JSON.stringify(name)) },
    {
      weight: 1,
      arbitrary: fc.constant(
        `"${Array.from(name, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")}"`,
      ),
    },
  ),
);
const blank = fc.oneof(
  { weight: 6, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: fc.constantFrom(" ", "\t", "  ", "\r") },
);
const scalar = fc.constantFrom(
  ..."null true false 0 1 2 -1 -0 1.0 1.5 1e2 12345678901234567890 0.1 100 1e400".split(" "),
  '""',
  '"a"',
  '"b"',
  '"abc"',
  '"\\u0061"',
  '"é😀"',
  '"a,b"',
  '"x\\ny"',
);
const { value: json } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 4, arbitrary: scalar },
    { weight: 3, arbitrary: tie("object") },
    { weight: 1, arbitrary: tie("array") },
  ),
  object: fc
    .array(fc.tuple(blank, spelledKey, blank, blank, tie("value"), blank), { maxLength: 5 })
    .map((entries) => `{${entries.map(([a, k, b, c, v, d]) => `${a}${k}${b}:${c}${v}${d}`).join(",")}}`),
  array: fc
    .array(fc.tuple(blank, tie("value"), blank), { maxLength: 3 })
    .map((items) => `[${items.map((item) => item.join("")).join(",")}]`),
}));
/** Lines, a few of them broken in one place. */
const line = fc.oneof(
  { weight: 15, arbitrary: fc.tuple(blank, json, blank).map((parts) => parts.join("")) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(json, fc.nat(), fc.constantFrom("", "}", "]", ",", ":", '"', "x", "1", "\\", "\u0001"))
      .map(([text, at, patch]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + patch + text.slice(place + 1);
      }),
  },
);
const records = fc
  .array(line, { minLength: 1, maxLength: 8 })
  .map((lines) => lines.map((text) => `${text}\n`).join(""));

const name = fc.constantFrom("a", "b", "c", "ab", "k", "0", "é", "__proto__");
const path = fc
  .array(name, { minLength: 1, maxLength: 3 })
  .map((names) => names.map((part) => (/^[a-z]\w*$/.test(part) ? `.${part}` : `["${part}"]`)).join(""))
  .map((text) => (text.startsWith("[") ? `.${text}` : text));
const constant = fc.constantFrom(
  "null",
  "true",
  "false",
  "0",
  "1",
  "2.50",
  "12345678901234567890",
  '""',
  '"a"',
  '"abc"',
  "[]",
  "{}",
);
const { filter } = fc.letrec<{ filter: string }>((tie) => {
  const inner = tie("filter");
  const binary = (operators: readonly string[]): fc.Arbitrary<string> =>
    fc.tuple(inner, fc.constantFrom(...operators), inner).map(([a, operator, b]) => `(${a} ${operator} ${b})`);
  return {
    filter: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 6, arbitrary: path },
      { weight: 2, arbitrary: constant },
      {
        weight: 1,
        arbitrary: fc.constantFrom(".", ".[]?", "..", "empty", ".a[]", ".b[0]", ".a[]?.b", ".k[1:]", ".a.b?", "keys?"),
      },
      { weight: 4, arbitrary: binary(["==", "!=", "<", "<=", ">", ">="]) },
      { weight: 3, arbitrary: binary(["and", "or", "//", "+", "-", "*", "/", ","]) },
      { weight: 2, arbitrary: inner.map((body) => `select(${body})`) },
      { weight: 1, arbitrary: fc.tuple(inner, inner).map(([a, b]) => `(select(${a}) | ${b})`) },
      { weight: 2, arbitrary: fc.tuple(inner, inner, inner).map(([a, b, c]) => `if ${a} then ${b} else ${c} end`) },
      { weight: 1, arbitrary: fc.tuple(inner, inner).map(([a, b]) => `if ${a} then ${b} end`) },
      { weight: 2, arbitrary: fc.tuple(inner, inner).map(([a, b]) => `{a: (${a}), "b c": (${b}), k}`) },
      { weight: 1, arbitrary: inner.map((body) => `[${body}]`) },
      { weight: 1, arbitrary: inner.map((body) => `(${body} | not)`) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(
            path,
            fc.constantFrom(
              "length",
              "type",
              "tostring",
              "ascii_upcase",
              'startswith("a")',
              'test("a")',
              'split(",")',
              "tojson",
              "tonumber",
              "keys",
              "add",
            ),
          )
          .map(([from, call]) => `(${from} | ${call})`),
      },
      { weight: 1, arbitrary: fc.tuple(inner, inner).map(([a, b]) => `(${a} as $x | ${b} | . == $x)`) },
      { weight: 1, arbitrary: inner.map((body) => `(try (${body}) catch .)`) },
      { weight: 1, arbitrary: fc.tuple(path, inner).map(([to, body]) => `(${to} |= (${body}))`) },
      { weight: 1, arbitrary: fc.tuple(inner, path).map(([a, b]) => `"x\\(${a})-\\(${b})"`) },
    ),
  };
});

test("a filter by fields gives byte for byte what it gives on whole records, errors included", () => {
  let byFields = 0;
  fc.assert(
    fc.property(filter, records, fc.constantFrom<Results>("records", "values", "raw"), (text, input, results) => {
      const compiled = compileFilter(text);
      if (compiled.byFields !== undefined) byFields++;
      const bytes = Buffer.from(input);
      const run = (program: typeof compiled): string =>
        transcodeOrFail(() => filteredRecords(program, { source: "t", ...printing(results) }), bytes);
      assert.equal(run(compiled), run({ ...compiled, byFields: undefined }));
    }),
    { numRuns: 3000 },
  );
  assert.ok(byFields > 500, `only ${byFields} of the generated filters ran by fields`);
});

test("the places where the input is cut make no difference", () => {
  fc.assert(
    fc.property(filter, records, fc.array(fc.nat(200), { maxLength: 5 }), (text, input, cuts) => {
      assert.equal(filtered(text, input, "records", cuts), filtered(text, input));
    }),
    { numRuns: 500 },
  );
});

test("records in every memory layout: one byte at a time", () => {
  const compiled = compileFilter('.a.b > 1 and .c == "x"');
  const input = Buffer.from(
    '{"a":{"b":2},"c":"x"}\n{"c":"x","a":{"b":2}}\n{"a":{"b":2},"c":"y"}\n{"a": {"b":3} ,"c":"x"}',
  );
  const cuts = Array.from(input.keys());
  assert.equal(
    transcode(() => filteredRecords(compiled, { source: "t" }), input, cuts).toString(),
    '{"a":{"b":2},"c":"x"}\n{"c":"x","a":{"b":2}}\n{"a": {"b":3} ,"c":"x"}\n',
  );
});
