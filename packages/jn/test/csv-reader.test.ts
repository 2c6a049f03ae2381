import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ByteSink, type Transcoder } from "@jn/wire";
import fc from "fast-check";
import { csvReader as referenceReader, type CsvReaderOptions } from "../src/formats/csv/csv-reader.ts";
import { RowEnd } from "../src/formats/csv/row-end.ts";
import { csvReader } from "./support/both-backends.ts";
import { sameForEveryChunkSize, withCuts } from "./support/cuts.ts";
import { transcode, transcodeOrFail } from "./support/transcode.ts";

type Options = Partial<CsvReaderOptions>;

const HEAVY = process.env["JN_TEST_HEAVY"] === "1";
const MIB = 1024 * 1024;

/** The NDJSON of a CSV, then `!` and the message if it failed; the same however it is cut. */
function read(input: string | Buffer, options: Options = {}): string {
  const bytes = Buffer.from(input as string);
  const result = sameForEveryChunkSize(() => csvReader({ source: "in.csv", ...options }), bytes, [bytes.length >> 1]);
  return Buffer.from(result, "latin1").toString();
}

/** NDJSON of these values. */
const lines = (...values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join("");

describe("csv: a cell's text decides its type", () => {
  const cases: readonly (readonly [cell: string, json: string])[] = [
    // Numbers, their text unchanged.
    ["0", "0"],
    ["-0", "-0"],
    ["42", "42"],
    ["-17", "-17"],
    ["1.10", "1.10"],
    ["0.1", "0.1"],
    ["1e3", "1e3"],
    ["1E+3", "1E+3"],
    ["1.5e-7", "1.5e-7"],
    ["9007199254740992", "9007199254740992"],
    ["123456789012345", "123456789012345"],
    ["1234567890123456", "1234567890123456"],
    ["0.30000000000000004", "0.30000000000000004"],
    ["100000000000000000000", "100000000000000000000"],
    ["1.7976931348623157e308", "1.7976931348623157e308"],
    ["5e-324", "5e-324"],
    ["0.00000000000000000", "0.00000000000000000"],
    // Not what a double can hold.
    ["9007199254740993", '"9007199254740993"'],
    ["12345678901234567891", '"12345678901234567891"'],
    ["1e400", '"1e400"'],
    ["-1e999", '"-1e999"'],
    ["1e-400", '"1e-400"'],
    ["0.1000000000000000055", '"0.1000000000000000055"'],
    // Numbers that lack only the zero before the point: it is put there.
    [".5", "0.5"],
    ["-.5", "-0.5"],
    [".097", "0.097"],
    [".50", "0.50"],
    [".5e3", "0.5e3"],
    [".", '"."'],
    ["-.", '"-."'],
    [".5.", '".5."'],
    ["..5", '"..5"'],
    [".1000000000000000055", '".1000000000000000055"'],
    // Not JSON numbers.
    ["007", '"007"'],
    ["-01", '"-01"'],
    ["00", '"00"'],
    ["+5", '"+5"'],
    ["5.", '"5."'],
    ["-", '"-"'],
    ["1e", '"1e"'],
    ["1e+", '"1e+"'],
    ["0x10", '"0x10"'],
    ["1_000", '"1_000"'],
    ["1 000", '"1 000"'],
    ["1.2.3", '"1.2.3"'],
    ["2024-01-02", '"2024-01-02"'],
    ["NaN", '"NaN"'],
    ["Infinity", '"Infinity"'],
    [" 1", '" 1"'],
    ["1 ", '"1 "'],
    // Booleans, null, and what only looks like them.
    ["true", "true"],
    ["false", "false"],
    ["TRUE", '"TRUE"'],
    ["False", '"False"'],
    ["tru", '"tru"'],
    ["truex", '"truex"'],
    ["falsehood", '"falsehood"'],
    ["", "null"],
    ["null", '"null"'],
    ["NULL", '"NULL"'],
    [" ", '" "'],
    // Quotes only enclose: they say nothing about the type, except that an empty cell is a string.
    ['""', '""'],
    ['"10"', "10"],
    ['"007"', '"007"'],
    ['"true"', "true"],
    ['"1\n"', String.raw`"1\n"`],
    ['""""', String.raw`"\""`],
    ['"a ""b"" c"', String.raw`"a \"b\" c"`],
    ['"1""2"', String.raw`"1\"2"`],
    // Text is escaped as JSON needs it, and only then.
    [String.raw`a\b`, String.raw`"a\\b"`],
    ['a"b', String.raw`"a\"b"`],
    ["a\tb", String.raw`"a\tb"`],
    ["\u0000\u0001\u001f\u007f", String.raw`"\u0000\u0001\u001f` + '\u007f"'],
    ["\b\f", String.raw`"\b\f"`],
    ["1\u00002", String.raw`"1\u00002"`],
    ["é漢😀", '"é漢😀"'],
    ["/", '"/"'],
    ["{}", '"{}"'],
  ];
  for (const [cell, json] of cases) {
    test(`csv: ${JSON.stringify(cell)} is ${json}`, () => {
      // First, in the middle, last, alone, and at the end of the input.
      assert.equal(
        read(`a,b,c\n${cell},${cell},${cell}\nx,y,${cell}`),
        row(json, json, json) + row('"x"', '"y"', json),
      );
      if (cell !== "") assert.equal(read(`a\n${cell}`), `{"a":${json}}\n`);
      const text = typeof JSON.parse(json) === "string" ? json : JSON.stringify(cell.replaceAll('"', ""));
      assert.equal(read(`a,b\n${cell},1`, { infer: false }), `{"a":${text},"b":"1"}\n`);
    });
  }

  const row = (a: string, b: string, c: string): string => `{"a":${a},"b":${b},"c":${c}}\n`;
});

interface Case {
  readonly promise: string;
  readonly input: string | Buffer;
  readonly options?: Options;
  readonly expected: string;
}

const AB12 = lines({ a: 1, b: 2 });
const AB = lines({ a: 1, b: 2 }, { a: 3, b: 4 });

const STRUCTURE: readonly Case[] = [
  { promise: "a missing last newline does not matter", input: "a,b\n1,2\n3,4", expected: AB },
  { promise: "CR LF ends rows", input: "a,b\r\n1,2\r\n3,4\r\n", expected: AB },
  { promise: "CR alone ends rows", input: "a,b\r1,2\r3,4\r", expected: AB },
  { promise: "line ends may be mixed", input: "a,b\r\n1,2\r3,4\n", expected: AB },
  { promise: "a byte order mark is no part of the first name", input: "\ufeffa,b\n1,2\n", expected: AB12 },
  { promise: "a byte order mark may stand before a quote", input: '\ufeff"a",b\n1,2\n', expected: AB12 },
  { promise: "a mark later in the text is text", input: "a,b\n\ufeff1,2\n", expected: lines({ a: "\ufeff1", b: 2 }) },
  { promise: "an empty input has no records", input: "", expected: "" },
  { promise: "a byte order mark alone has no records", input: "\ufeff", expected: "" },
  { promise: "blank lines alone have no records", input: "\n\r\n\r", expected: "" },
  { promise: "a header alone has no records", input: "a,b\n", expected: "" },
  { promise: "a header without a newline has no records", input: "a,b", expected: "" },
  { promise: "a quoted newline does not end the row", input: 'a,b\n"1\n2",3\n', expected: lines({ a: "1\n2", b: 3 }) },
  {
    promise: "quoted CR and CR LF are kept as they are",
    input: 'a,b\r\n"1\r2","3\r\n4"\r\n',
    expected: lines({ a: "1\r2", b: "3\r\n4" }),
  },
  { promise: "a quoted delimiter is text", input: 'a,b\n"1,2",3\n', expected: lines({ a: "1,2", b: 3 }) },
  {
    promise: "a quote inside an unquoted cell is text",
    input: 'a,b\nx"y",z"\n',
    expected: lines({ a: 'x"y"', b: 'z"' }),
  },
  { promise: "blank lines between rows are passed over", input: "\n\na,b\n\n1,2\r\n\r\n\n3,4\n\n", expected: AB },
  {
    promise: "with one column a blank line is a null",
    input: "a\n1\n\n2\n",
    expected: lines({ a: 1 }, { a: null }, { a: 2 }),
  },
  {
    promise: "a delimiter at the end makes an empty last cell",
    input: "a,b\n1,\n,",
    expected: lines({ a: 1, b: null }, { a: null, b: null }),
  },
  {
    promise: "names may be quoted, with newlines",
    input: '"a\n""x""","b,c"\n1,2',
    expected: lines({ 'a\n"x"': 1, "b,c": 2 }),
  },
  { promise: "names are escaped", input: 'a\\b,"c\td"\n1,2', expected: lines({ "a\\b": 1, "c\td": 2 }) },
  {
    promise: "__proto__ and constructor are names like others",
    input: "__proto__,constructor,toString\n1,2,3",
    expected: '{"__proto__":1,"constructor":2,"toString":3}\n',
  },
];

const OPTIONS: readonly Case[] = [
  { promise: "delimiter=semicolon", input: "a;b\n1;2\n", options: { delimiter: "semicolon" }, expected: AB12 },
  { promise: "delimiter=tab", input: "a\tb\n1\t2\n", options: { delimiter: "tab" }, expected: AB12 },
  { promise: String.raw`delimiter=\t`, input: "a\tb\n1\t2\n", options: { delimiter: String.raw`\t` }, expected: AB12 },
  { promise: "delimiter=space", input: "a b\n1 2\n", options: { delimiter: "space" }, expected: AB12 },
  { promise: "delimiter=pipe", input: "a|b\n1|2\n", options: { delimiter: "pipe" }, expected: AB12 },
  { promise: "delimiter=:", input: "a:b\n1:2\n", options: { delimiter: ":" }, expected: AB12 },
  {
    promise: "another delimiter makes the comma text",
    input: "a;b\n1,5;2\n",
    options: { delimiter: ";" },
    expected: lines({ a: "1,5", b: 2 }),
  },
  {
    promise: "auto finds ;",
    input: "a;b\n1,5;2\n",
    options: { delimiter: "auto" },
    expected: lines({ a: "1,5", b: 2 }),
  },
  {
    promise: "auto finds tab",
    input: "a\tb\tc,d\n1\t2\t3",
    options: { delimiter: "auto" },
    expected: lines({ a: 1, b: 2, "c,d": 3 }),
  },
  { promise: "auto finds |", input: "a|b\n1|2", options: { delimiter: "auto" }, expected: AB12 },
  {
    promise: "auto takes a comma when there is none",
    input: "a\n1",
    options: { delimiter: "auto" },
    expected: lines({ a: 1 }),
  },
  {
    promise: "auto takes a comma in a tie",
    input: "a,b;c\n1,2",
    options: { delimiter: "auto" },
    expected: lines({ a: 1, "b;c": 2 }),
  },
  {
    promise: "auto does not look inside quotes",
    input: '"a,,,";b\n1;2',
    options: { delimiter: "auto" },
    expected: lines({ "a,,,": 1, b: 2 }),
  },
  {
    promise: "auto looks at the header, not at comments",
    input: "#;;;;\na,b\n1,2",
    options: { delimiter: "auto", comment: "#" },
    expected: AB12,
  },
  {
    promise: "quote=none leaves quotes in the text",
    input: 'a,b\n"1,2"\n',
    options: { quote: "none" },
    expected: lines({ a: '"1', b: '2"' }),
  },
  {
    promise: "quote=' doubles '",
    input: "a,b\n'1,''x''','\"'\n",
    options: { quote: "'" },
    expected: lines({ a: "1,'x'", b: '"' }),
  },
  {
    promise: "comment lines are passed over, wherever",
    input: '#x\na,b\n#"\n1,2\n#',
    options: { comment: "#" },
    expected: AB12,
  },
  {
    promise: "a comment character inside a row is text",
    input: 'a,b\n1,#2\n"#",3',
    options: { comment: "#" },
    expected: lines({ a: 1, b: "#2" }, { a: "#", b: 3 }),
  },
  { promise: "without the option # is text", input: "a,b\n#1,2", expected: lines({ a: "#1", b: 2 }) },
  {
    promise: "skip passes over lines before the header, quotes or not",
    input: 'junk "\r\n\r\na,b\n1,2',
    options: { skip: 2 },
    expected: AB12,
  },
  { promise: "skipping more than there is leaves nothing", input: "a,b\n1,2", options: { skip: 5 }, expected: "" },
  {
    promise: "columns replaces the header's names",
    input: "x,y\n1,2",
    options: { columns: ["a", "b"] },
    expected: AB12,
  },
  {
    promise: "header=false numbers the columns",
    input: "1,2\n",
    options: { header: false },
    expected: lines({ col1: 1, col2: 2 }),
  },
  {
    promise: "header=false with columns",
    input: "1,2\n3,4",
    options: { header: false, columns: ["a", "b"] },
    expected: AB,
  },
  {
    promise: "ragged=fill fills with null",
    input: "a,b,c\n1\n",
    options: { ragged: "fill" },
    expected: lines({ a: 1, b: null, c: null }),
  },
  {
    promise: "ragged=fill fills with empty strings under infer=false",
    input: "a,b\n1\n2,3",
    options: { ragged: "fill", infer: false },
    expected: lines({ a: "1", b: "" }, { a: "2", b: "3" }),
  },
  {
    promise: "ragged=fill adds columns",
    input: "a,b\n1,2,3,4\n1,2\n1,2,3",
    options: { ragged: "fill" },
    expected: lines({ a: 1, b: 2, col3: 3, col4: 4 }, { a: 1, b: 2 }, { a: 1, b: 2, col3: 3 }),
  },
  {
    promise: "ragged=fill takes no name that is there",
    input: "col2\n1,2",
    options: { ragged: "fill" },
    expected: lines({ col2: 1, col2_: 2 }),
  },
  {
    promise: "infer=false leaves an empty cell an empty string",
    input: 'a,b\n,""',
    options: { infer: false },
    expected: lines({ a: "", b: "" }),
  },
];

const ERRORS: readonly Case[] = [
  {
    promise: "a row with too few cells",
    input: "a,b\n1,2\n3\n4,5\n",
    expected: `${AB12}!in.csv:3:1 (byte 8): the row has 1 cell, the header has 2; add ?ragged=fill to accept it, or check the delimiter and quotes`,
  },
  {
    promise: "a row with too many cells, all of them counted",
    input: 'a,b\n1,"2\n",3,4\n5,6',
    expected:
      "!in.csv:2:1 (byte 4): the row has 4 cells, the header has 2; add ?ragged=fill to accept it, or check the delimiter and quotes",
  },
  {
    promise: "cells of a ragged row are counted as they are read, quotes inside text included",
    input: 'a,b\nx"y,2,z"\n',
    expected:
      "!in.csv:2:1 (byte 4): the row has 3 cells, the header has 2; add ?ragged=fill to accept it, or check the delimiter and quotes",
  },
  {
    promise: "a quote that is never closed: the place of the opening quote, on its own line",
    input: 'a,b\n1,2\n"x\ny","z\n5,6\n',
    expected: `${AB12}!in.csv:4:4 (byte 14): column 'b': the quote that opens this cell is never closed; close it, or read with ?quote=none`,
  },
  {
    promise: "text after a closing quote",
    input: 'a,b\n1,"2"x\n',
    expected:
      "!in.csv:2:6 (byte 9): column 'b': text after the closing quote; a quote inside a quoted cell must be doubled",
  },
  {
    promise: "text of several bytes after a closing quote",
    input: 'a,b\n1,"2"é\n',
    expected:
      "!in.csv:2:6 (byte 9): column 'b': text after the closing quote; a quote inside a quoted cell must be doubled",
  },
  {
    promise: "invalid UTF-8: line, column and byte",
    input: Buffer.from("a,b\n1,2\n3,x\xff\n", "latin1"),
    expected: `${AB12}!in.csv:3:4 (byte 11): invalid UTF-8 (byte 0xff); name the encoding with ?encoding=latin1 (or another), or accept replacement characters with ?encoding=utf-8`,
  },
  {
    promise: "invalid UTF-8 in a row of several lines: the line it is on",
    input: Buffer.from('a,b\n"1\n2","\xe9"\n', "latin1"),
    expected:
      "!in.csv:3:5 (byte 11): invalid UTF-8 (byte 0xe9); name the encoding with ?encoding=latin1 (or another), or accept replacement characters with ?encoding=utf-8",
  },
  {
    promise: "invalid UTF-8 right after a row that CR ends: that row is out",
    input: Buffer.from("a,b\r1,2\r\xff,3\r", "latin1"),
    expected: `${AB12}!in.csv:3:1 (byte 8): invalid UTF-8 (byte 0xff); name the encoding with ?encoding=latin1 (or another), or accept replacement characters with ?encoding=utf-8`,
  },
  {
    promise: "a character that the end of the input cuts",
    input: Buffer.from("a,b\n1,\xe6\xbc", "latin1"),
    expected:
      "!in.csv:2:3 (byte 6): invalid UTF-8 (byte 0xe6); name the encoding with ?encoding=latin1 (or another), or accept replacement characters with ?encoding=utf-8",
  },
  {
    promise: "invalid UTF-8 in the header",
    input: Buffer.from("a,b\xff\n1,2\n", "latin1"),
    expected:
      "!in.csv:1:4 (byte 3): invalid UTF-8 in the header; name the encoding with ?encoding=latin1 (or another), or accept replacement characters with ?encoding=utf-8",
  },
  {
    promise: "a quote in the header that is never closed",
    input: 'a,"b\n1,2\n',
    expected: "!in.csv:1:3 (byte 2): this quote in the header is never closed",
  },
  {
    promise: "text after a closing quote in the header",
    input: 'a,"b"c\n1,2\n',
    expected: "!in.csv:1:6 (byte 5): 'c' after a closing quote; double a quote that is text",
  },
  {
    promise: "columns that are not as many as the header has",
    input: "x,y\n1,2",
    options: { columns: ["a"] },
    expected: "!in.csv:1: ?columns= names 1 columns, but the first row has 2",
  },
];

for (const [kind, cases] of [
  ["", STRUCTURE],
  ["?", OPTIONS],
  ["error: ", ERRORS],
] as const) {
  for (const { promise, input, options, expected } of cases)
    test(`csv: ${kind}${promise}`, () => assert.equal(read(input, options), expected));
}

test("csv: empty and repeated names are changed, with a warning, and never onto a name that is there", () => {
  const warned = (header: string): readonly [string, string[]] => {
    const warnings: string[] = [];
    const options = { source: "in.csv", warn: (message: string) => warnings.push(message) };
    const cells = header.split(",").map((_, index) => index);
    return [transcode(() => csvReader(options), Buffer.from(`${header}\n${cells.join()}\n`)).toString(), warnings];
  };
  assert.deepEqual(warned("a,b"), ['{"a":0,"b":1}\n', []]);
  assert.deepEqual(warned("a,,a,a_2,a,col2"), [
    '{"a":0,"col2":1,"a_3":2,"a_2":3,"a_4":4,"col2_2":5}\n',
    [
      "column 2 ('') is called 'col2' here",
      "column 3 ('a') is called 'a_3' here",
      "column 5 ('a') is called 'a_4' here",
      "column 6 ('col2') is called 'col2_2' here",
    ],
  ]);
});

test("csv: option values that cannot be are refused before anything is read", () => {
  const refused: readonly (readonly [Options, RegExp])[] = [
    [{ delimiter: "ab" }, /^\?delimiter= needs one ASCII character .*, not 'ab'$/],
    [{ delimiter: "é" }, /needs one ASCII character/],
    [{ delimiter: "a" }, /needs one ASCII character/],
    [{ delimiter: "-" }, /needs one ASCII character/],
    [{ delimiter: "\n" }, /needs one ASCII character/],
    [{ delimiter: '"' }, /cannot be the quotation mark/],
    [{ quote: "xx" }, /^\?quote= needs/],
    [{ comment: "//" }, /^\?comment= needs/],
    [{ delimiter: ";", quote: ";" }, /must be different characters/],
    [{ delimiter: "#", comment: "#" }, /must be different characters/],
    [{ comment: '"' }, /must be different characters/],
  ];
  for (const [options, message] of refused)
    assert.throws(() => csvReader({ source: "in.csv", ...options }), { code: "USAGE", message });
});

test("csv: a row of the longest length passes, one byte more does not, with or without its newline", () => {
  for (const end of ["\n", "\r\n", ""]) {
    const make = () => csvReader({ source: "in.csv", maxRecordBytes: 8 });
    assert.equal(
      sameForEveryChunkSize(make, Buffer.from(`a,b\n1234,678${end}`)),
      '{"a":1234,"b":678}\n',
      JSON.stringify(end),
    );
    assert.match(
      sameForEveryChunkSize(make, Buffer.from(`a,b\n1,2\n1234,6789${end}`)),
      /^\{"a":1,"b":2\}\n!in\.csv:3: a row is longer than 8 bytes; is a quote never closed\?/,
      JSON.stringify(end),
    );
  }
});

test("csv: the bound of a record holds for the header, too: an unclosed quote there does not collect the input", () => {
  const reader = csvReader({ source: "in.csv", maxRecordBytes: 1000 });
  const sink = new ByteSink(() => assert.fail("there is no record"));
  reader.push(Buffer.from('a,"b\n'), sink);
  assert.throws(
    () => {
      for (let pushed = 0; pushed < 100; pushed++) reader.push(Buffer.from("1,2,3,4\n".repeat(10)), sink);
    },
    { code: "RECORD_TOO_LONG", message: /^in\.csv:1: a row is longer than 1000 bytes; is a quote never closed\?/ },
  );
});

describe("csv: a row in many chunks is searched for its end once: bytes are counted", () => {
  const chunk = Buffer.from("0123456\n".repeat(128));
  for (const [where, start, columns] of [
    ["a quoted header", '"', 1],
    ["a quoted cell", 'a\n"', 1],
    ["comments before the header", "#", 1],
  ] as const) {
    test(`csv: ${where} of 1 MiB with newlines, in pieces of 1 KiB`, () => {
      const reader = referenceReader({ source: "in.csv", comment: "#" });
      const sink = new ByteSink(() => undefined);
      const count = where.startsWith("comments") ? chunk.toString().replaceAll("\n", "\n#") : chunk;
      const piece = Buffer.from(count);
      let total = 0;
      const searched = bytesSearched(() => {
        reader.push(Buffer.from(start), sink);
        for (; total < MIB; total += piece.length) reader.push(piece, sink);
        reader.push(Buffer.from('"\n1\n'.repeat(columns)), sink);
      });
      assert.ok(searched <= 2 * total, `${searched} bytes searched of ${total}`);
    });
  }
});

/** Bytes that are searched for the ends of rows while `work` runs. */
function bytesSearched(work: () => void): number {
  let searched = 0;
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its receiver, and put back
  const { find } = RowEnd.prototype;
  RowEnd.prototype.find = function counted(this: RowEnd, bytes, start, end) {
    const found = find.call(this, bytes, start, end);
    searched += (found < 0 ? end : found) - start;
    return found;
  };
  try {
    work();
  } finally {
    RowEnd.prototype.find = find;
  }
  return searched;
}

test("csv: 100,000 columns", () => {
  const names = Array.from({ length: 100_000 }, (_, index) => `c${index}`);
  const input = Buffer.from(`${names.join()}\n${names.map((_, index) => index).join()}\n`);
  const expected = `{${names.map((name, index) => `"${name}":${index}`).join()}}\n`;
  assert.ok(transcode(() => csvReader({ source: "in.csv" }), input, pieces(input)).toString() === expected);
});

test("csv: a cell of 50 MB (200 MB in the heavy run), quoted, in pieces of 64 KiB", () => {
  const size = HEAVY ? 200_000_000 : 50_000_000;
  const start = Buffer.from('a,b\n1,"');
  const input = Buffer.concat([start, Buffer.alloc(size - (size % 7), 'x,y\nz""'), Buffer.from('"\n')]);
  const output = transcode(() => csvReader({ source: "in.csv" }), input, pieces(input));
  const expected = Buffer.alloc((size - (size % 7)) * (8 / 7), String.raw`x,y\nz\"`);
  assert.equal(output.toString("latin1", 0, 12), '{"a":1,"b":"');
  assert.ok(output.subarray(12, -3).equals(expected));
  assert.equal(output.toString("latin1", output.length - 3), '"}\n');
});

const pieces = (input: Buffer): number[] =>
  Array.from({ length: Math.floor(input.length / 65_536) }, (_, index) => (index + 1) * 65_536);

const DIALECTS: readonly Options[] = [
  {},
  { ragged: "fill" },
  { ragged: "fill", infer: false, comment: "#" },
  { delimiter: "auto", skip: 1, ragged: "fill" },
  { quote: "none", header: false, ragged: "fill" },
  { delimiter: ":", quote: "'", comment: "#", columns: ["p", "q"] },
  { header: false },
];

/** Text that is CSV more often than not: a header of two columns, then anything. */
const wildText = fc
  .tuple(
    fc.constantFrom("a,b\n", "a,b\r", "\ufeffa,b\r\n", "\n\n", "'x':y\n", '"a\r\nb",c\n', ""),
    fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(",", '"', "\r", "\n", "'", "#", ";", ":") },
        { weight: 3, arbitrary: fc.constantFrom("1", "-", ".", "a", "true", "é", "漢", "😀", "\u0000", "\\", "e5") },
        { weight: 4, arbitrary: fc.constantFrom("1,2\n", "x,y\r\n", '"q",2\r', ',"', '",', '"\n', '""', ",\n") },
      ),
      { maxLength: 24 },
    ),
  )
  .map(([header, parts]) => header + parts.join(""));

for (const options of DIALECTS) {
  test(`csv: output and error do not depend on where the input is cut: ${JSON.stringify(options)}`, () => {
    const make = () => csvReader({ source: "in.csv", ...options });
    fc.assert(
      fc.property(withCuts(wildText.map((text) => Buffer.from(text))), ([input, cuts]) => {
        const result = sameForEveryChunkSize(make, input, cuts);
        const [records = ""] = Buffer.from(result, "latin1").toString().split(/^!/m);
        for (const record of records.split("\n").slice(0, -1)) JSON.parse(record);
      }),
      { numRuns: 300 },
    );
  });
}

test("csv: nor does it with bytes that are no UTF-8", () => {
  const bytes = fc
    .tuple(
      wildText,
      fc.array(fc.tuple(fc.nat({ max: 60 }), fc.constantFrom(0xff, 0xc3, 0xe6, 0xbc, 0xf0, 0x9f, 0x80)), {
        minLength: 1,
        maxLength: 3,
      }),
    )
    .map(([text, bad]) =>
      bad.reduce(
        (all, [at, byte]) => Buffer.concat([all.subarray(0, at), Buffer.of(byte), all.subarray(at)]),
        Buffer.from(text),
      ),
    );
  fc.assert(
    fc.property(withCuts(bytes), fc.constantFrom(...DIALECTS), ([input, cuts], options) => {
      sameForEveryChunkSize(() => csvReader({ source: "in.csv", ...options }), input, cuts);
    }),
    { numRuns: 1000 },
  );
});

test("csv: with a bound on the row, the records before it and the kind of result do not depend on cuts", () => {
  fc.assert(
    fc.property(
      withCuts(wildText.map((text) => Buffer.from(text))),
      fc.integer({ min: 4, max: 12 }),
      ([input, cuts], maxRecordBytes) => {
        const make = () => csvReader({ source: "in.csv", ragged: "fill", maxRecordBytes });
        // A row that is bad and too long is reported for the one or the other, whichever is seen first.
        sameForEveryChunkSize(make, input, cuts, (result) => result.replace(/^!.*$/ms, "!"));
      },
    ),
    { numRuns: 500 },
  );
});

test("csv: a row as long as the bound, with a fraction without its zero and a cell too many, wherever it is cut", () => {
  const input = Buffer.from("a,b\n,.1,2\n-");
  const make = () => csvReader({ source: "in.csv", ragged: "fill", maxRecordBytes: 5 });
  const expected = lines({ a: null, b: 0.1, col3: 2 }, { a: "-", b: null });
  for (let mask = 0; mask < 2 ** (input.length - 1); mask++) {
    const cuts = Array.from({ length: input.length - 1 }, (_, at) => at + 1).filter((_, bit) => (mask >> bit) & 1);
    assert.equal(transcode(make, input, cuts).toString(), expected, `cut at ${cuts.join()}`);
  }
});

test("csv: what any table is written as, is read back: cells quoted or not, every line end and delimiter", () => {
  const cell = fc.string({
    unit: fc.constantFrom("a", "1", ",", ";", '"', "\n", "\r", " ", "é", "😀", "\\", "#"),
    maxLength: 5,
  });
  const table = fc
    .integer({ min: 2, max: 4 })
    .chain((width) =>
      fc.array(fc.array(fc.tuple(cell, fc.boolean()), { minLength: width, maxLength: width }), { maxLength: 6 }),
    );
  fc.assert(
    fc.property(
      table,
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.constantFrom(",", ";"),
      fc.boolean(),
      (rows, end, delimiter, last) => {
        const width = rows[0]?.length ?? 2;
        const names = Array.from({ length: width }, (_, index) => `c${index}`);
        const written = (text: string, quoted: boolean): string =>
          quoted || /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
        const body = rows.map((row) => row.map(([text, quoted]) => written(text, quoted)).join(delimiter));
        const input = [names.join(delimiter), ...body].join(end) + (last ? end : "");
        const expected = lines(
          ...rows.map((row): unknown => Object.fromEntries(row.map(([text], index) => [names[index]!, text] as const))),
        );
        assert.equal(
          transcode(() => csvReader({ source: "x", delimiter, infer: false }), Buffer.from(input), [7, 20]).toString(),
          expected,
        );
      },
    ),
    { numRuns: 300 },
  );
});

test("csv: what is typed as a number is the number that JavaScript reads, and prints the same value", () => {
  const numeric = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map(String),
    fc.stringMatching(/^-?\d{1,20}(\.\d{1,20})?(e[+-]?\d{1,3})?$/),
  );
  fc.assert(
    fc.property(numeric, (text) => {
      const record = transcode(() => csvReader({ source: "x" }), Buffer.from(`a\n${text}\n`))
        .toString()
        .trim();
      const isNumber = record === `{"a":${text}}`;
      if (!isNumber) assert.equal(record, `{"a":${JSON.stringify(text)}}`);
      const isJson = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/.test(text);
      assert.equal(isNumber, isJson && Number.isFinite(Number(text)) && exact(text) === exact(String(Number(text))));
    }),
    { numRuns: 1000 },
  );
});

/** The number that a decimal text means, as an exact fraction: whole digits and a power of ten. */
function exact(text: string): string {
  const [mantissa = "", power = "0"] = text.toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  let digits = BigInt(`${whole}${fraction}`.replace("-", ""));
  let exponent = Number(power) - fraction.length;
  if (digits === 0n) return "0";
  for (; digits % 10n === 0n; digits /= 10n) exponent++;
  return `${text.startsWith("-") ? "-" : ""}${digits}e${exponent}`;
}

test("csv: a whole character and a bad byte after a closing quote give one error, wherever they are cut", () => {
  const input = Buffer.from([...Buffer.from('a,b\n1,2\n""漢'), 0xff]);
  sameForEveryChunkSize(() => csvReader({ source: "in.csv" }), input, []);
});

test("csv: a last cell that is a minus stays text, whatever stood behind it in memory", () => {
  assert.equal(read("a\n-.\n-"), lines({ a: "-." }, { a: "-" }));
});

test("csv: rows by the thousand, which two threads take, stay in order, whatever stands in the middle", () => {
  for (const cell of ["x", '"two\nlines"', '"\n1,2\n"', `"${"a\n".repeat(50)}"`, `"${"7,8\n".repeat(40_000)}"`]) {
    const row = (id: number): string => `${id},${id % 3 === 0 || cell.length > 200 ? "y" : cell}\n`;
    const large = cell.length > 200 ? `0,${cell}\n` : "";
    const input = Buffer.from(`a,b\n${large}${Array.from({ length: 40_000 }, (_, id) => row(id)).join("")}`);
    const bad = Buffer.concat([input, Buffer.from("1,2,3\n"), input]);
    for (const bytes of [input, bad]) {
      const make = (): Transcoder => csvReader({ source: "in.csv" });
      const whole = transcodeOrFail(make, bytes);
      assert.ok(transcodeOrFail(make, bytes, [200_000, 500_001, 777_777]) === whole, cell.slice(0, 20));
      assert.equal(whole.includes("the row has 3 cells"), bytes === bad, whole.slice(-200));
    }
  }
});
