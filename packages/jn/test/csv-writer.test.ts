import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { csvUnionWriter } from "../src/formats/csv/csv-union-writer.ts";
import type { CsvWriterOptions } from "../src/formats/csv/csv-writer.ts";
import { csvReader, csvWriter } from "./support/both-backends.ts";
import { sameForEveryChunkSize, withCuts } from "./support/cuts.ts";
import { folderWith } from "./support/jn.ts";
import { transcode } from "./support/transcode.ts";

type Options = Partial<CsvWriterOptions>;

/** The CSV of NDJSON, then `!` and the message if it failed; the same however it is cut. */
function write(input: string, options: Options = {}): string {
  const bytes = Buffer.from(input);
  const make = () => csvWriter({ source: "in", ...options });
  return Buffer.from(sameForEveryChunkSize(make, bytes, [bytes.length >> 1]), "latin1").toString();
}

const union = (input: string, options: Options = {}): string =>
  Buffer.from(
    sameForEveryChunkSize(() => csvUnionWriter({ source: "in", ...options }), Buffer.from(input)),
    "latin1",
  ).toString();

describe("csv writer: a value becomes a cell", () => {
  const cases: readonly (readonly [json: string, cell: string])[] = [
    ["1", "1"],
    ["-0", "-0"],
    ["1.10", "1.10"],
    ["12345678901234567891", "12345678901234567891"],
    ["1e400", "1e400"],
    ["true", "true"],
    ["false", "false"],
    ["null", ""],
    ['""', '""'],
    ['"a"', "a"],
    ['" a "', " a "],
    ['"a,b"', '"a,b"'],
    [String.raw`"a\"b"`, '"a""b"'],
    [String.raw`"a\nb"`, '"a\nb"'],
    [String.raw`"\r"`, '"\r"'],
    [String.raw`"a\tb"`, "a\tb"],
    [String.raw`"a\\b\/c"`, String.raw`a\b/c`],
    [String.raw`"\u0041\u00e9\ud83d\ude00"`, "Aé😀"],
    [String.raw`"\u002c"`, '","'],
    [String.raw`"\u0000\u001f"`, "\u0000\u001f"],
    ['"é漢😀\u007f"', "é漢😀\u007f"],
    ["[]", '"[]"'],
    ['[1, "x"]', '"[1, ""x""]"'],
    [String.raw`{"k":{"n":"\n,\""}}`, String.raw`"{""k"":{""n"":""\n,\""""}}"`],
  ];
  for (const [json, cell] of cases) {
    test(`csv writer: ${json} is ${JSON.stringify(cell)}`, () => {
      assert.equal(write(`{"a":${json},"b":${json}}\n`), `a,b\n${cell},${cell}\n`);
      // With blanks, and in another order.
      assert.equal(write(`{"b":1,"a":2}\n { "a" : ${json} , "b" : 3 } \r\n`), `b,a\n1,2\n3,${cell}\n`);
      assert.equal(write(`{"a":${json}}`), `a\n${cell}\n`);
    });
  }
});

const NEW_KEY = "name the columns with ?columns=a,b (others are left out), or collect all with --union";
const LONE = String.raw`has half of a surrogate pair (\ud800 to \udfff), which CSV cannot hold`;

const CASES: readonly { promise: string; input: string; options?: Options; expected: string }[] = [
  {
    promise: "the first record names the columns",
    input: '{"b":1,"a":2}\n{"b":3,"a":4}\n',
    expected: "b,a\n1,2\n3,4\n",
  },
  { promise: "keys may come in another order", input: '{"a":1,"b":2}\n{"b":3,"a":4}', expected: "a,b\n1,2\n4,3\n" },
  { promise: "a missing key is an empty cell", input: '{"a":1,"b":2}\n{"b":3}\n{}\n', expected: "a,b\n1,2\n,3\n,\n" },
  {
    promise: "of a repeated key the last value counts",
    input: '{"a":1,"a":2}\n{"a":3,"a":4}\n',
    expected: "a\n2\n4\n",
  },
  {
    promise: "a key may be spelt with escapes",
    input: String.raw`{"a":1}` + "\n" + String.raw`{"\u0061":2}`,
    expected: "a\n1\n2\n",
  },
  {
    promise: "names are quoted as values are",
    input: String.raw`{"a,b":1,"c\"d":2,"":3,"é\n":4}`,
    expected: '"a,b","c""d","","é\n"\n1,2,3,4\n',
  },
  { promise: "a name like a byte order mark is quoted", input: '{"\ufeffa":1}', expected: '"\ufeffa"\n1\n' },
  {
    promise: "__proto__ and constructor are names like others",
    input: '{"__proto__":1,"constructor":2}',
    expected: "__proto__,constructor\n1,2\n",
  },
  {
    promise: "blank lines are passed over, a byte order mark too",
    input: '\ufeff\n{"a":1}\n\n{"a":2}',
    expected: "a\n1\n2\n",
  },
  { promise: "an empty input writes nothing", input: "", expected: "" },
  {
    promise: "an empty input with columns writes the header",
    input: "",
    options: { columns: ["a", "b"] },
    expected: "a,b\n",
  },
  {
    promise: "columns chooses and orders, other keys are left out",
    input: '{"x":1,"b":2,"a":3}\n{"y":4}',
    options: { columns: ["a", "b"] },
    expected: "a,b\n3,2\n,\n",
  },
  { promise: "header=false", input: '{"a":1}', options: { header: false }, expected: "1\n" },
  { promise: "header=false, columns, no input", input: "", options: { header: false, columns: ["a"] }, expected: "" },
  {
    promise: "another delimiter",
    input: '{"a":"x;y","b":"x,y"}',
    options: { delimiter: "semicolon" },
    expected: 'a;b\n"x;y";x,y\n',
  },
  {
    promise: "a tab that was escaped is quoted when it is the delimiter",
    input: String.raw`{"a":"x\ty","b":1}`,
    options: { delimiter: "tab" },
    expected: 'a\tb\n"x\ty"\t1\n',
  },
  {
    promise: "error: a new key, with line and key",
    input: '{"a":1}\n\n{"a":2,"new\\u0007":3}\n',
    expected: `a\n1\n!in:3: the record has a key that the first record had not: 'new\\u0007'; ${NEW_KEY}`,
  },
  {
    promise: "error: what is no object",
    input: '{"a":1}\n[1]\n',
    expected: "a\n1\n!in:2: only objects can be CSV rows, not [1]; turn it into one, as with {value: .}",
  },
  {
    promise: "error: a number first",
    input: "12\n",
    expected: "!in:1: only objects can be CSV rows, not 12; turn it into one, as with {value: .}",
  },
  {
    promise: "error: null after objects",
    input: '{"a":1}\nnull\n',
    options: { columns: ["a"] },
    expected: "a\n1\n!in:2: only objects can be CSV rows, not null; turn it into one, as with {value: .}",
  },
  {
    promise: "error: a first record without keys",
    input: "{}\n",
    expected: "!in:1: the first record has no keys to name columns by; name them with ?columns=a,b",
  },
  {
    promise: "error: half of a surrogate pair",
    input: String.raw`{"a":"\ud83d"}`,
    expected: `a\n!in:1: the record ${LONE}`,
  },
  {
    promise: "regression: a key with half of a surrogate pair became an empty name",
    input: String.raw`{"a":1,"\udc00":2}`,
    expected: `!in:1: a key of the record ${LONE}`,
  },
  {
    promise: "error: a line that is no JSON; nothing of its row is out",
    input: '{"a":1,"b":2}\n{"a":1,"b":x}\n',
    expected: `a,b\n1,2\n!in:2:12: not JSON: unexpected 'x' at >>> in {"a":1,"b":>>>x}`,
  },
  {
    promise: "error: text after the object",
    input: '{"a":1}\n{"a":1} 2\n',
    expected: `a\n1\n!in:2:9: not JSON: unexpected '2' at >>> in {"a":1} >>>2`,
  },
];

for (const { promise, input, options, expected } of CASES)
  test(`csv writer: ${promise}`, () => assert.equal(write(input, options), expected));

test("csv writer: columns that are named twice are refused", () => {
  assert.throws(() => csvWriter({ source: "in", columns: ["a", "b", "a"] }), {
    code: "USAGE",
    message: /names a column twice: a,b,a/,
  });
});

test("csv union: columns for every key, in the order of first appearance", () => {
  assert.equal(union('{"a":1}\n{"c":2,"a":3}\n\n{}\n{"b":null,"a":"x,y"}\n'), 'a,c,b\n1,,\n3,2,\n,,\n"x,y",,\n');
  assert.equal(union(""), "");
  assert.equal(union('{"a":1}\n{"b":2}', { header: false, delimiter: ";" }), "1;\n;2\n");
});

test("csv union: nothing is out before all records are good", () => {
  assert.match(union('{"a":1}\n2\n'), /^!in:2: only objects can be CSV rows, not 2/);
  assert.match(union('{"a":1}\n{"b":}\n'), /^!in:2:6: not JSON/);
});

test("csv union: records without any key are an error, as they are without union", () => {
  assert.match(union("{}\n{}\n"), /^!in:2: no record has a key to name columns by/);
});

test("csv union: the temporary file has no name that could be left behind, and holds all records", (context) => {
  const folder = folderWith(context);
  const { TMPDIR: before } = process.env;
  process.env["TMPDIR"] = folder;
  context.after(() => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  });
  const writer = csvUnionWriter({ source: "in" });
  assert.deepEqual(readdirSync(folder), []);
  const record = `${JSON.stringify({ a: "x".repeat(1000) })}\n`;
  const output = transcode(() => writer, Buffer.from(record.repeat(1000)), [500_000]);
  assert.equal(output.length, 2 + 1000 * 1001);
});

/** Values that CSV can express: text that reads as a number or word comes back as that, so there is none here. */
const cellValue = fc.oneof(
  fc.string({
    unit: fc.constantFrom("x", ",", '"', "\n", "\r", "\t", "\\", " ", "é", "😀", "#", "\u0000"),
    maxLength: 6,
  }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  fc.boolean(),
  fc.constant(null),
);

test("csv writer: objects written as CSV and read back are the same, whatever the delimiter", () => {
  const records = fc
    .uniqueArray(fc.string({ unit: fc.constantFrom("a", "b", ",", '"', "\n", "é"), minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    })
    .chain((names) =>
      fc.array(
        fc
          .tuple(...names.map(() => cellValue))
          .map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]]))),
        { minLength: 1, maxLength: 5 },
      ),
    );
  fc.assert(
    fc.property(records, fc.constantFrom(",", ";", "\t", "|", " "), (values, delimiter) => {
      const ndjson = values.map((value) => `${JSON.stringify(value)}\n`).join("");
      const csv = transcode(() => csvWriter({ source: "in", delimiter }), Buffer.from(ndjson));
      assert.equal(transcode(() => csvReader({ source: "csv", delimiter }), csv).toString(), ndjson);
      const unionCsv = transcode(() => csvUnionWriter({ source: "in", delimiter }), Buffer.from(ndjson));
      assert.deepEqual(unionCsv, csv);
    }),
    { numRuns: 200 },
  );
});

test("csv writer: CSV read, written, and read again is the same records", () => {
  const text = fc.array(fc.constantFrom("a", "1", "-2.50", "true", "", '""', '"x,\n"', "007", "é"), {
    minLength: 2,
    maxLength: 2,
  });
  fc.assert(
    fc.property(fc.array(text, { minLength: 1 }), (rows) => {
      const csv = Buffer.from(`a,b\n${rows.map((row) => `${row.join()}\n`).join("")}`);
      const read = (input: Buffer): Buffer => transcode(() => csvReader({ source: "csv" }), input);
      const records = read(csv);
      assert.deepEqual(read(transcode(() => csvWriter({ source: "in" }), records)), records);
    }),
    { numRuns: 100 },
  );
});

const wildRecords = fc
  .array(
    fc.oneof(
      fc.record({ a: fc.jsonValue({ maxDepth: 1 }), b: cellValue }).map((value) => JSON.stringify(value)),
      fc.constantFrom(
        '{"b":1,"a":2}',
        '{"a":1}',
        ' { "a" : 1 } ',
        "",
        "{}",
        '{"c":1}',
        "[1]",
        '{"a":',
        '{"a":"\\ud800"}',
        '{"a":1}x',
      ),
    ),
    { maxLength: 6 },
  )
  .map((lines) => Buffer.from(lines.join("\n")));

test("csv writer: output and error do not depend on where the input is cut", () => {
  fc.assert(
    fc.property(
      withCuts(wildRecords),
      fc.constantFrom<Options>({}, { columns: ["a", "x"] }, { header: false }),
      ([input, cuts], options) => {
        sameForEveryChunkSize(() => csvWriter({ source: "in", ...options }), input, cuts);
      },
    ),
    { numRuns: 500 },
  );
});
