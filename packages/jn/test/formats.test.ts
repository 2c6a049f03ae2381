import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Transcoder } from "@jn/wire";
import { writeXlsx } from "hucre/xlsx";
import { FORMATS } from "../src/plugins/registry.ts";
import { OptionValues } from "../src/plugins/option.ts";
import { parseAddress } from "../src/address/address.ts";
import { planReading } from "../src/address/plan.ts";
import { sameForEveryCut } from "./support/cuts.ts";
import { readHere, writtenHere } from "./support/in-process.ts";
import { described, failed, folderWith, runJn, runShell, succeeded } from "./support/jn.ts";
import { loadedParts } from "./support/loaded-parts.ts";
import { transcode } from "./support/transcode.ts";

const RECORDS = [
  `{"id":1,"name":"Ada","ok":true,"x":1.5,"none":null}`,
  `{"id":2,"name":"B | \\"q\\" <b> & ü","ok":false,"x":-2,"none":null}`,
  `{"id":9007199254740991,"name":"007","ok":true,"x":0,"none":null}`,
  "",
].join("\n");

describe("what others write is read as they mean it", () => {
  const cases: readonly (readonly [name: string, file: string, text: string, records: string])[] = [
    [
      "YAML documents",
      "a.yaml",
      "a: 1\n---\n- x\n- y: [1, 2]\n---\nb: 0x10\n",
      '{"a":1}\n"x"\n{"y":[1,2]}\n{"b":16}\n',
    ],
    [
      "YAML anchors and merge keys",
      "a.yml",
      "base: &b {x: 1}\nc: {<<: *b, y: 2}\n",
      '{"base":{"x":1},"c":{"x":1,"y":2}}\n',
    ],
    [
      "YAML text that looks odd",
      "a.yaml",
      "a: no\nb: 2024-01-01\nc: .inf\nd: ~\ne: |\n  two\n  lines\n",
      '{"a":"no","b":"2024-01-01","c":"Infinity","d":null,"e":"two\\nlines\\n"}\n',
    ],
    ["YAML numbers of many digits", "a.yaml", "a: 12345678901234567890\n", '{"a":12345678901234567890}\n'],
    ["YAML comments only", "a.yaml", "# nothing\n", ""],
    [
      "TOML",
      "a.toml",
      'a = 1\nd = 1979-05-27T07:32:00Z\n[t]\nx = [1.5, 2]\n[[u]]\ny = "z"\n',
      '{"a":1,"d":"1979-05-27T07:32:00.000Z","t":{"x":[1.5,2]},"u":[{"y":"z"}]}\n',
    ],
    [
      "XML children of the root",
      "a.xml",
      '<?xml version="1.0"?><r><a id="1">x</a><a id="2"><b>1</b><b>2</b>t</a><c/></r>',
      '{"@id":1,"#text":"x"}\n{"@id":2,"b":[1,2],"#text":"t"}\nnull\n',
    ],
    [
      "XML by path",
      "a.xml?record=/r/s/i",
      "<r><i>0</i><s><i>1</i><i><![CDATA[a<b]]> &amp; c</i></s></r>",
      '1\n"a<b & c"\n',
    ],
    ["XML by name", "a.xml?record=i&infer=false", "<r><i>0</i><s><i>1</i></s></r>", '"0"\n"1"\n'],
    [
      "Markdown tables",
      "a.md",
      "# t\n\n| a | b |\n|:--|--:|\n| 1 | x \\| y |\n| 2 |\n\n```\n| c |\n|---|\n| 3 |\n```\nd | e\n--|--\n4 | 5\n",
      '{"a":1,"b":"x | y"}\n{"a":2,"b":null}\n{"d":4,"e":5}\n',
    ],
    ["Markdown, the second table", "a.md?table=2", "|a|\n|-|\n|1|\n\n|b|\n|-|\n|2|\n", '{"b":2}\n'],
    [
      "Markdown with front matter",
      "a.md?mode=document",
      "---\ntitle: T\ntags: [a]\n---\n# Text\n",
      '{"frontmatter":{"title":"T","tags":["a"]},"content":"# Text\\n"}\n',
    ],
    ["Markdown without front matter", "a.md?mode=document", "# Text\n", '{"frontmatter":null,"content":"# Text\\n"}\n'],
    [
      "HTML tables",
      "a.html",
      "<p><table><tr><th>A<th>B &amp; C</tr><tr><td>1<td> x  <b>y</b><script>no</script><tr><td colspan=2>z</table>",
      '{"A":1,"B & C":"x y"}\n{"A":"z","B & C":null}\n',
    ],
    [
      "HTML, the second table",
      "a.html?table=2",
      "<table><tr><td>a</table><table><tr><td>b</td></tr><tr><td>2</td></tr></table>",
      '{"b":2}\n',
    ],
    [
      "logfmt",
      "a.logfmt",
      'level=info msg="a \\"b\\"\\n" n=5 flag empty=\n\n',
      '{"level":"info","msg":"a \\"b\\"\\n","n":5,"flag":true,"empty":null}\n',
    ],
    [
      "an access log",
      "access.log",
      '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a?b HTTP/1.0" 200 2326 "http://x/" "Moz \\"q\\""\n::1 - - [10/Oct/2000:13:55:36 +0000] "\\x16" 400 -\n',
      '{"host":"127.0.0.1","ident":null,"user":"frank","time":"2000-10-10T13:55:36-07:00","request":"GET /a?b HTTP/1.0","method":"GET","path":"/a?b","protocol":"HTTP/1.0","status":200,"bytes":2326,"referer":"http://x/","agent":"Moz \\"q\\""}\n{"host":"::1","ident":null,"user":null,"time":"2000-10-10T13:55:36+00:00","request":"\\\\x16","method":null,"path":null,"protocol":null,"status":400,"bytes":null}\n',
    ],
    [
      "lcov",
      "a.info",
      "TN:t\nSF:a.js\nFN:1,f\nFNDA:2,f\nDA:1,2\nDA:2,0\nBRDA:1,0,0,-\nLF:2\nLH:1\nend_of_record\n",
      '{"file":"a.js","test":"t","lines_found":2,"lines_hit":1,"functions_found":1,"functions_hit":1,"branches_found":1,"branches_hit":0,"missed_lines":[2],"functions":[{"name":"f","line":1,"hits":2}],"branches":[{"line":1,"block":"0","branch":"0","hits":null}]}\n',
    ],
    ["plain lines", "a.txt", "a\r\n\nü", '{"line":1,"text":"a"}\n{"line":2,"text":""}\n{"line":3,"text":"ü"}\n'],
    ["__proto__ in YAML", "a.yaml", "__proto__: 1\nconstructor: 2\n", '{"__proto__":1,"constructor":2}\n'],
    ["__proto__ in XML", "a.xml", "<r><a><__proto__>1</__proto__></a></r>", '{"__proto__":1}\n'],
  ];
  for (const [name, address, text, records] of cases) {
    test(name, async () => {
      assert.equal(await read(address, Buffer.from(text)), records);
    });
  }
});

describe("text formats do not depend on where the input is cut", () => {
  for (const [format, text] of [
    ["yaml", "a: é\n---\n- 1\n- x: |\n    t\n...\n---\nb: [1,\n 2]\n"],
    ["yaml", "a: 1\n---\nb: [1\n"],
    ["toml", 'a = "é"\n[b]\nc = 1\n'],
    ["xml", '<r><a b="é">x<c/>y</a><a>&lt;<![CDATA[z]]></a></r>'],
    ["xml", "<r><a>1</a><b></r>"],
    ["html", "<table><tr><th>é</th></tr><tr><td>1 &amp; 2</td></tr></table>"],
    ["markdown", "| é | b |\r\n|---|---|\r\n| 1 | 2 |\r\n"],
    ["logfmt", 'a="é b" c=1\nd\n'],
    ["lines", "é\r\nb\n\nc"],
    ["lcov", "SF:é\nDA:1,1\nend_of_record\n"],
  ] as const) {
    test(`${format}: ${text.slice(0, 12).trim()}`, async () => {
      const input = Buffer.from(text);
      // Opening waits, so every reader that is needed is opened first.
      const readers: Transcoder[] = [];
      for (let count = 0; count < 3; count++) readers.push(await readerOf(format));
      const result = sameForEveryCut(() => readers.pop()!, input, [3, 7, 11]);
      assert.notEqual(result, "");
    });
  }
});

describe("what cannot be read or written is an error, with place and reason", () => {
  const reading: readonly (readonly [file: string, text: string | Uint8Array, message: RegExp])[] = [
    ["a.yaml", "a: 1\nb: [1\n", /a\.yaml:3:1: not YAML: deficient indentation/],
    ["a.toml", "a = 1\na = 2\n", /a\.toml:2:\d+: not TOML: /],
    ["a.xml", "<r><a></r>", /a\.xml:1:\d+: not XML: unexpected close tag/],
    ["a.xml", "<r><a>1</a>", /a\.xml:1:\d+: not XML: unclosed tag: r/],
    ["a.xml", '<!DOCTYPE r [<!ENTITY a "x">]><r>&a;</r>', /defines entities of its own/],
    ["a.xml", "<r><a>&nope;</a></r>", /undefined entity/],
    ["a.xml", "<a>".repeat(2000), /nested deeper than 1000/],
    ["a.html", "<p>no</p>", /a\.html: there is no table 1; the page has no table/],
    ["a.logfmt", 'a=1\nb="x\n', /a\.logfmt:2:1: not logfmt/],
    ["access.log", "what\n", /access\.log:1: no line of the Common/],
    ["a.info", "SF:a\nDA:1,1\n", /a\.info:2: the input ends inside a source file/],
    ["a.txt", Buffer.from("a\n\xff\n", "latin1"), /a\.txt:2:1: invalid UTF-8/],
    ["a.xml", Buffer.from("<r>\xff</r>", "latin1"), /a\.xml: invalid UTF-8/],
    ["a.xlsx", "no zip", /a\.xlsx: it is no workbook/],
    ["a.parquet", "no parquet, but long enough", /a\.parquet: .*parquet/i],
    ["a.sqlite", "no database".repeat(100), /a\.sqlite: file is not a database/],
  ];
  for (const [file, text, message] of reading) {
    test(`reading ${file}: ${message.source}`, async (context) => {
      if (/xlsx|parquet|sqlite/.test(file)) {
        const cwd = folderWith(context, { [file]: text });
        await assert.rejects(async () => await readHere([join(cwd, file)]), { code: "BAD_DATA", message });
        return;
      }
      await assert.rejects(async () => await read(file, Buffer.from(text)), { code: "BAD_DATA", message });
    });
  }

  for (const [address, input, message] of [
    ["a.toml", '{"a":1}\n{"a":2}\n', /:2: a TOML file holds one record/],
    ["a.toml", '{"a":{"b":null}}\n', /:1: TOML has no null, and \.a\.b is null/],
    ["a.toml", "[1]\n", /:1: only objects can be a TOML file/],
    ["a.xml", '{"a b":1}\n', /:1: 'a b' cannot be the name of an XML element/],
    ["a.xml", '{"a":"\\u0001"}\n', /:1: the record has a control character/],
    ["a.html", '{"a":1}\n{"b":1}\n', /:2: the record has a key that the first record had not: 'b'/],
    ["a.xlsx", '{"a":1}\n{"b":1}\n', /:2: the record has a key that the first record had not: 'b'/],
    ["a.parquet", "1\n", /:1: only objects can be rows of a Parquet file/],
    ["a.sqlite", '{"a":1}\n{"A":1}\n', /:2: 'A' differs from another column in capitals only/],
    ["a.txt", '"a\\nb"\n', /:1: the text has a line end inside/],
    ["a.txt", "1\n", /:1: only text, or an object with text/],
    ["a.logfmt", '{"a b":1}\n', /:1: 'a b' cannot be a key of logfmt/],
  ] as const) {
    test(`writing ${address}: ${message.source}`, async () => {
      await assert.rejects(async () => await writtenHere(input, address), { code: "BAD_DATA", message });
    });
  }

  test("what cannot be written leaves the target as it was", async (context) => {
    const cwd = folderWith(context, { "a.toml": "as it was", "a.sqlite": "as it was" });
    for (const name of ["a.toml", "a.sqlite"]) {
      failed(await runJn(["put", name], { cwd, input: '{"a":1}\n[1]\n' }), 3, /standard input:2: /);
      assert.equal(readFileSync(join(cwd, name), "utf8"), "as it was");
    }
  });
});

describe("others agree", () => {
  test("python's yaml and tomllib read what is written", async (context) => {
    const cwd = folderWith(context);
    writeFileSync(join(cwd, "a.yaml"), await writtenHere(RECORDS, "a.yaml"));
    const read = python(
      "import json,sys,yaml\nfor d in yaml.safe_load_all(open('a.yaml')): print(json.dumps(d, separators=(',',':'), ensure_ascii=False))",
      cwd,
    );
    assert.equal(read, RECORDS);
    writeFileSync(join(cwd, "a.toml"), await writtenHere('{"a":{"b":[1,2.5,"x"]},"c":true}\n', "a.toml"));
    assert.equal(
      python(
        "import json,tomllib\nprint(json.dumps(tomllib.load(open('a.toml','rb')), separators=(',',':'), sort_keys=True))",
        cwd,
      ),
      '{"a":{"b":[1,2.5,"x"]},"c":true}\n',
    );
  });

  test("python's xml, zipfile and csv read what is written", async (context) => {
    const cwd = folderWith(context);
    writeFileSync(join(cwd, "a.xml"), await writtenHere(RECORDS, "a.xml"));
    const names = "import xml.etree.ElementTree as e\nfor r in e.parse('a.xml').getroot(): print(r.find('name').text)";
    assert.equal(python(names, cwd), 'Ada\nB | "q" <b> & ü\n007\n');
    writeFileSync(join(cwd, "a.xlsx"), await writtenHere(RECORDS, "a.xlsx"));
    const rows =
      "import zipfile,re\nz=zipfile.ZipFile('a.xlsx'); assert z.testzip() is None\nprint(len(re.findall('<row ', z.read('xl/worksheets/sheet1.xml').decode())))";
    assert.equal(python(rows, cwd), "4\n");
  });

  test("the sqlite3 program reads what is written, and writes what is read", async (context) => {
    const cwd = folderWith(context);
    succeeded(await runShell("jn put 'a.db?table=t'", { cwd, input: RECORDS }));
    const rows = await runShell(`sqlite3 a.db 'select id, name, typeof(x), typeof(none) from t'`, { cwd });
    assert.equal(
      succeeded(rows),
      '1|Ada|real|null\n2|B | "q" <b> & ü|integer|null\n9007199254740991|007|integer|null\n',
    );
    succeeded(
      await runShell(
        `sqlite3 b.db "create table t(a integer, b blob); insert into t values (9223372036854775807, x'00ff'); create view v as select a from t"`,
        { cwd },
      ),
    );
    failed(await runJn(["cat", "b.db"], { cwd }), 3, /b\.db: choose one of its tables with \?table=; there are: t, v/);
    const database = join(cwd, "b.db");
    assert.equal(await readHere([`${database}?table=t`]), '{"a":9223372036854775807,"b":"AP8="}\n');
    assert.equal(await readHere([`${database}?query=select count(*) as n from t`]), '{"n":1}\n');
  });
});

test("xlsx: sheet, range, header, skip, raw and stats", async (context) => {
  const cwd = folderWith(context);
  const input = '{"a":1,"b":"x","c":true}\n{"a":2,"b":"y","c":null}\n';
  succeeded(await runShell("jn put 'a.xlsx?sheet=Data'", { cwd, input }));
  const cases: readonly (readonly [query: string, records: string])[] = [
    ["?sheet=Data", input],
    ["?sheet=1", input],
    ["?range=B1:C2", '{"b":"x","c":true}\n'],
    ["?header=false&skip=2", '{"col1":2,"col2":"y"}\n'],
    ["?mode=stats", '{"sheet":"Data","number":1,"rows":3,"columns":3,"cells":8}\n'],
    ["?mode=raw&range=A3:A3", '{"sheet":"Data","ref":"A3","row":3,"column":1,"value":2}\n'],
  ];
  for (const [query, records] of cases) {
    assert.equal(await readHere([`${join(cwd, "a.xlsx")}${query}`]), records, query);
  }
  failed(await runJn(["cat", "a.xlsx?sheet=None"], { cwd }), 3, /a\.xlsx: .*None/);
});

test("xlsx: merged cells, formulas and comments", async (context) => {
  const cwd = folderWith(context);
  const bytes = await writeXlsx({
    sheets: [
      {
        name: "Data",
        rows: [
          ["team", "name", "n"],
          ["red", "Ada", 1],
          [null, "Bob", 2],
          ["blue", "Cy", null],
        ],
        merges: [{ startRow: 1, startCol: 0, endRow: 2, endCol: 0 }],
        cells: new Map([
          ["3,2", { value: 3, type: "formula", formula: "C2+C3", formulaResult: 3 }],
          ["1,1", { value: "Ada", type: "string", comment: { text: "the first" } }],
        ]),
        rowDefs: new Map([[2, { hidden: true }]]),
      },
    ],
  });
  writeFileSync(join(cwd, "a.xlsx"), bytes);
  const rows = (team: string, n: string): string =>
    `{"team":"red","name":"Ada","n":1}\n{"team":${team},"name":"Bob","n":2}\n{"team":"blue","name":"Cy","n":${n}}\n`;
  const path = join(cwd, "a.xlsx");
  assert.equal(await readHere([path]), rows("null", "3"));
  assert.equal(await readHere([`${path}?merged=fill`]), rows('"red"', "3"));
  assert.equal(await readHere([`${path}?formulas=text`]), rows("null", '"=C2+C3"'));
  const cells = (await readHere([`${path}?mode=raw&range=A2:C4`])).trim().split("\n");
  assert.deepEqual(
    cells.map((line) => JSON.parse(line) as unknown),
    [
      { sheet: "Data", ref: "A2", row: 2, column: 1, value: "red", merged: "A2:A3" },
      { sheet: "Data", ref: "B2", row: 2, column: 2, value: "Ada", comment: "the first" },
      { sheet: "Data", ref: "C2", row: 2, column: 3, value: 1 },
      { sheet: "Data", ref: "B3", row: 3, column: 2, value: "Bob", hidden: true },
      { sheet: "Data", ref: "C3", row: 3, column: 3, value: 2, hidden: true },
      { sheet: "Data", ref: "A4", row: 4, column: 1, value: "blue" },
      { sheet: "Data", ref: "B4", row: 4, column: 2, value: "Cy" },
      { sheet: "Data", ref: "C4", row: 4, column: 3, value: 3, formula: "=C2+C3" },
    ],
  );
});

test("xlsx: a workbook that would grow a thousandfold is refused before it is unpacked", async (context) => {
  const cwd = folderWith(context);
  python(
    "import zipfile\nz=zipfile.ZipFile('bomb.xlsx','w',zipfile.ZIP_DEFLATED); z.writestr('xl/worksheets/sheet1.xml', b' '*60000000); z.close()",
    cwd,
  );
  failed(
    await runJn(["cat", "bomb.xlsx"], { cwd }),
    3,
    /bomb\.xlsx: the workbook would grow from \d+ to 60000000 bytes/,
  );
});

describe("table", () => {
  const input = '{"a":1,"b":"x"}\n{"a":22,"b":"日本"}\n{"a":null,"b":"e\u0301\\n\\u001b[31m"}\n';
  for (const [style, expected] of [
    ["plain", " a  b\n--  ------------\n 1  x\n22  日本\n    e\u0301⏎\\u001b[31m\n"],
    [
      "markdown",
      "|  a | b            |\n| -- | ------------ |\n|  1 | x            |\n| 22 | 日本         |\n|    | e\u0301⏎\\u001b[31m |\n",
    ],
  ] as const) {
    test(style, async () => {
      const outcome = await runJn(["table", "--style", style], { input });
      assert.equal(succeeded(outcome), expected, described(outcome));
    });
  }

  test("columns come from the sample; what comes later is said", async () => {
    const rows = '{"a":1}\n{"a":12345}\n{"a":2,"b":3}\n';
    const outcome = await runJn(["table", "--sample", "2"], { input: rows });
    assert.equal(outcome.stdout, "    a\n-----\n    1\n12345\n    2\n", described(outcome));
    assert.match(outcome.stderr, /the field 'b' came up after the first 2 records and is not shown/);
  });

  test("a width cuts the widest cells", async () => {
    const outcome = await runJn(["table", "--width", "20", "-s", "grid"], {
      input: '{"a":"some long text that goes on","b":7}\n',
    });
    for (const line of succeeded(outcome).trim().split("\n")) assert.equal(line.length, 20, described(outcome));
    assert.match(outcome.stdout, /some long t…/);
  });

  test("it cannot be read, and there are no other styles", async () => {
    failed(await runJn(["cat", "-~table"]), 2, /table can be written, not read/);
    failed(await runJn(["put", "-~table.fancy"]), 2, /\?style= is one of plain, grid, markdown, not 'fancy'/);
  });
});

describe("a number that a double would change keeps its digits, or is refused", () => {
  const NUMBERS =
    '{"i":12345678901234567890,"d":0.12345678901234567890,"e":1e999,"m":9007199254740993.5,"x":1.10,"k":[-0.5]}\n';
  const ASIS = NUMBERS.replace("1.10", "1.1");
  const TEXTS =
    '{"i":"12345678901234567890","d":"0.12345678901234567890","e":"1e999","m":"9007199254740993.5","x":1.1,"k":-0.5}\n';
  for (const [format, expected] of [
    ["json", NUMBERS],
    ["yaml", ASIS],
    ["xml", TEXTS],
  ] as const) {
    test(format, async (context) => {
      const cwd = folderWith(context);
      writeFileSync(join(cwd, "f"), await writtenHere(NUMBERS, `-~${format}`));
      assert.equal(await readHere([`${join(cwd, "f")}~${format}`]), expected);
    });
  }
  const FLAT = NUMBERS.replace(',"k":[-0.5]', "");
  for (const format of ["csv", "html", "markdown", "logfmt", "xlsx", "sqlite"]) {
    test(format, async (context) => {
      const cwd = folderWith(context);
      writeFileSync(join(cwd, "f"), await writtenHere(FLAT, `-~${format}`));
      const x = format === "csv" ? "1.10" : "1.1";
      assert.equal(
        await readHere([`${join(cwd, "f")}~${format}`]),
        TEXTS.replace(',"k":-0.5', "").replace("1.1}", `${x}}`),
      );
    });
  }
  for (const [format, message] of [
    ["toml", /:1: TOML has doubles, and cannot hold \.d unchanged: 0\.12345678901234567890/],
    ["avro", /:1: Avro cannot hold \.i unchanged: 12345678901234567890/],
    ["parquet", /:1: .*cannot hold this unchanged: 12345678901234567890/],
  ] as const) {
    test(format, async () => {
      await assert.rejects(async () => await writtenHere(FLAT, `-~${format}`), { code: "BAD_DATA", message });
    });
  }

  test("when they are read", async () => {
    const yaml =
      "a: 0.12345678901234567890\nb: +.5\nc: 1e999\nd: 5.\ne: 1.10\nf: -0.0\ng: .inf\nh: 007.5\ni: 1e3\nj: '1e999'\n";
    assert.equal(
      await read("a.yaml", Buffer.from(yaml)),
      '{"a":0.12345678901234567890,"b":0.5,"c":1e999,"d":5,"e":1.10,"f":-0.0,"g":"Infinity","h":7.5,"i":1e3,"j":"1e999"}\n',
    );
    const toml =
      'a = 0.12345678901234567890 # x\nb = [1.0, 1e999,\n 9_007_199_254_740_993.5]\nc = "= 0.12345678901234567890"\nd = {x = -0.12345678901234567890}\n[t]\n1.12345678901234567890 = 1\n';
    assert.equal(
      await read("a.toml", Buffer.from(toml)),
      '{"a":0.12345678901234567890,"b":[1,1e999,9007199254740993.5],"c":"= 0.12345678901234567890","d":{"x":-0.12345678901234567890},"t":{"1":{"12345678901234567890":1}}}\n',
    );
  });
});

test("only the code of the format that is used is loaded", (context) => {
  const cwd = folderWith(context, {
    "a.csv": "x\n1\n",
    "a.json": "[1]",
    "a.yaml": "a: 1\n",
    "a.md": "|a|\n|-|\n|1|\n",
  });
  for (const [file, parts] of [
    ["a.csv", "core.cjs csv.cjs jn.cjs"],
    ["a.json", "core.cjs jn.cjs json.cjs"],
    ["a.yaml", "core.cjs jn.cjs values.cjs yaml.cjs"],
    ["a.md", "core.cjs jn.cjs markdown.cjs values.cjs"],
  ] as const)
    assert.equal(loadedParts(cwd, ["cat", file]).join(" "), parts, file);
});

/** What reading that file gives, in this process; its name and options are those of the address. */
async function read(address: string, bytes: Buffer): Promise<string> {
  const [plan] = await planReading(parseAddress(address), "");
  const reader = await plan!.format!.read!(plan!.options, {
    name: plan!.name,
    maxRecordBytes: 1_000_000,
    warn: () => undefined,
  });
  assert.ok("push" in reader);
  return transcode(() => reader, bytes).toString();
}

async function readerOf(name: string): Promise<Transcoder> {
  const format = await FORMATS.find((entry) => entry.name === name)!.load();
  const options = new OptionValues(new Map(), [], name);
  const reader = await format.read!(options, { name: "in", maxRecordBytes: 1_000_000, warn: () => undefined });
  assert.ok("push" in reader);
  return reader;
}

function python(program: string, cwd: string): string {
  const { stdout, stderr, status } = spawnSync("python3", ["-c", program], { cwd, encoding: "utf8" });
  assert.equal(status, 0, `python3: ${program}\n${stderr}`);
  return stdout;
}

describe("regression: keys of digits, such as years, came first", { timeout: 60_000 }, () => {
  const record = '{"name":"x","2024":1,"2023":{"b":1,"0":2},"a":[{"z":1,"7":2}]}\n';
  for (const format of ["yaml", "avro", "json"]) {
    test(`${format}: at all levels`, async (context) => {
      const path = join(folderWith(context), `a.${format}`);
      succeeded(await runJn(["put", path], { input: record }));
      assert.equal(await readHere([path]), record);
    });
  }
  for (const format of ["csv", "xlsx", "sqlite", "parquet", "markdown", "html", "logfmt"]) {
    test(format, async (context) => {
      const path = join(folderWith(context), `a.${format}`);
      const input = '{"name":"x","2024":1,"2023":2,"last":3}\n';
      succeeded(await runJn(["put", `${path}~${format}`], { input }));
      assert.equal(await readHere([`${path}~${format}`]), input);
    });
  }
  test("table, also in values that are written as JSON", async () => {
    const outcome = await runJn(["table"], { input: record.replace('"name"', '"\\u0039"') });
    assert.match(succeeded(outcome), /^9 +2024 +2023 +a\n/, described(outcome));
    assert.match(outcome.stdout, / \{"b":1,"0":2\} +\[\{"z":1,"7":2\}\]\n/, described(outcome));
  });
});
