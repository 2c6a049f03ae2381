import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, describe, test } from "node:test";
import avro from "avsc";
import { readHere, writtenHere } from "./support/in-process.ts";
import { folderWith } from "./support/jn.ts";

// What others write we read, and what we write others read. Libraries of Python that are not installed are skipped, visibly.

const IS_HEAVY = process.env["JN_TEST_HEAVY"] === "1";

const RECORDS = '{"id":1,"name":"Ada","ok":true,"x":1.5}\n{"id":2,"name":"ü \\"q\\", b","ok":false,"x":-2}\n';
const VALUES = RECORDS.trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Record<string, unknown>);

/** One Python for all: a line with a program and its folder, a line with what it prints, or how it fails. */
const SERVER = `import contextlib, importlib.util, io, json, os, sys, traceback
print(json.dumps([name for name in sys.argv[1:] if importlib.util.find_spec(name)]), flush=True)
for line in sys.stdin:
  job, out, error = json.loads(line), io.StringIO(), None
  os.chdir(job["cwd"])
  try:
    with contextlib.redirect_stdout(out): exec(job["program"], {})
  except Exception: error = traceback.format_exc()
  os.chdir("/")
  print(json.dumps({"stdout": out.getvalue(), "error": error}), flush=True)
`;
const MODULES = ["csv", "json", "xml", "sqlite3", "yaml", "openpyxl", "pyarrow", "fastavro"];
const server = spawn("python3", ["-c", SERVER, ...MODULES], { stdio: ["pipe", "pipe", "inherit"] });
const answers = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
const installed = new Set(JSON.parse(await answer()) as string[]);
after(() => server.stdin.end());

function hasModule(name: string): boolean {
  return installed.has(name);
}

async function python(program: string, cwd: string): Promise<string> {
  server.stdin.write(`${JSON.stringify({ program, cwd })}\n`);
  const { stdout, error } = JSON.parse(await answer()) as { stdout: string; error: string | null };
  assert.equal(error, null, `python3: ${program}\n${error}`);
  return stdout;
}

async function answer(): Promise<string> {
  const { value, done } = (await answers.next()) as IteratorResult<string, undefined>;
  assert.ok(done !== true, "python3 has ended");
  return value;
}

const DUMP =
  "import json\ndef show(rows):\n  for r in rows: print(json.dumps(r, ensure_ascii=False, separators=(',',':')))\n";

describe("others read what is written", { timeout: 120_000 }, () => {
  const cases: readonly (readonly [format: string, module: string, program: string, expected: string])[] = [
    [
      "csv",
      "csv",
      "import csv\nshow(csv.reader(open('f', newline='')))",
      '["id","name","ok","x"]\n["1","Ada","true","1.5"]\n["2","ü \\"q\\", b","false","-2"]\n',
    ],
    [
      "tsv",
      "csv",
      "import csv\nshow(csv.reader(open('f', newline=''), delimiter='\\t'))",
      '["id","name","ok","x"]\n["1","Ada","true","1.5"]\n["2","ü \\"q\\", b","false","-2"]\n',
    ],
    ["json", "json", "show(json.load(open('f')))", RECORDS],
    ["ndjson", "json", "show(json.loads(l) for l in open('f'))", RECORDS],
    ["yaml", "yaml", "import yaml\nshow(yaml.safe_load_all(open('f')))", RECORDS],
    [
      "xml",
      "xml",
      "import xml.etree.ElementTree as e\nshow([[c.text for c in r] for r in e.parse('f').getroot()])",
      '["1","Ada","true","1.5"]\n["2","ü \\"q\\", b","false","-2"]\n',
    ],
    [
      "xlsx",
      "openpyxl",
      "import openpyxl\nrows=list(openpyxl.load_workbook(open('f','rb')).active.values)\nshow(dict(zip(rows[0],r)) for r in rows[1:])",
      RECORDS,
    ],
    [
      "parquet",
      "pyarrow",
      "import pyarrow.parquet as p\nshow(p.read_table('f').to_pylist())",
      RECORDS.replace("-2}", "-2.0}"),
    ],
    [
      "sqlite",
      "sqlite3",
      "import sqlite3\nd=sqlite3.connect('f')\nd.row_factory=lambda c,r: dict(zip([x[0] for x in c.description], r))\nn=d.execute('select name from sqlite_master').fetchone()['name']\nshow(d.execute(f'select * from \"{n}\"'))",
      RECORDS.replace("true", "1").replace("false", "0"),
    ],
    ["avro", "fastavro", "import fastavro\nshow(fastavro.reader(open('f','rb')))", RECORDS.replace("-2}", "-2.0}")],
  ];
  for (const [format, module, program, expected] of cases) {
    const skip = hasModule(module) ? false : `python has no ${module}`;
    test(`${format}: python's ${module}`, { skip }, async (context) => {
      const cwd = folderWith(context, { f: await writtenHere(RECORDS, `-~${format}`) });
      assert.equal(await python(DUMP + program, cwd), expected);
    });
  }

  test("html: python's parser finds the cells", async (context) => {
    const cwd = folderWith(context, { f: await writtenHere(RECORDS, "-~html") });
    const program =
      "import html.parser\nclass P(html.parser.HTMLParser):\n  def handle_data(s,d):\n    if d.strip(): print(d)\nP().feed(open('f').read())";
    assert.equal(await python(program, cwd), 'id\nname\nok\nx\n1\nAda\ntrue\n1.5\n2\nü "q", b\nfalse\n-2\n');
  });

  test("avro: avsc", async (context) => {
    const cwd = folderWith(context, { "f.avro": await writtenHere(RECORDS, "-~avro") });
    const decoder = new avro.streams.BlockDecoder();
    const found: unknown[] = [];
    decoder.on("data", (value: unknown) => found.push({ ...(value as object) }));
    createReadStream(join(cwd, "f.avro")).pipe(decoder);
    await once(decoder, "end");
    assert.deepEqual(found, VALUES);
  });
});

describe("what others write is read", { timeout: 120_000 }, () => {
  const DATA = `import json\ndata=[json.loads(l) for l in ${JSON.stringify(RECORDS)}.splitlines()]\n`;
  const cases: readonly (readonly [format: string, module: string, program: string, expected: string])[] = [
    [
      "csv",
      "csv",
      "import csv\nw=csv.DictWriter(open('f','w',newline=''), list(data[0]), quoting=csv.QUOTE_ALL); w.writeheader(); w.writerows(data)",
      RECORDS.replace("true", '"True"').replace("false", '"False"'),
    ],
    ["json", "json", "json.dump(data, open('f','w'), indent=3, ensure_ascii=False)", RECORDS],
    ["yaml", "yaml", "import yaml\nyaml.safe_dump_all(data, open('f','w'), sort_keys=False)", RECORDS],
    [
      "xml",
      "xml",
      "import xml.etree.ElementTree as e\nr=e.Element('r')\nfor d in data:\n  c=e.SubElement(r,'d')\n  for k,v in d.items(): e.SubElement(c,k).text=json.dumps(v).strip('\"').replace('\\\\\"','\"') if k!='name' else v\ne.ElementTree(r).write('f', encoding='utf-8')",
      RECORDS,
    ],
    [
      "xlsx",
      "openpyxl",
      "import openpyxl\nb=openpyxl.Workbook(); s=b.active\ns.append(list(data[0]))\nfor d in data: s.append(list(d.values()))\nb.save('f')",
      RECORDS,
    ],
    [
      "parquet",
      "pyarrow",
      "import pyarrow as a, pyarrow.parquet as p\np.write_table(a.Table.from_pylist(data), 'f', compression='snappy')",
      RECORDS,
    ],
    [
      "sqlite",
      "sqlite3",
      "import sqlite3\nd=sqlite3.connect('f'); d.execute('create table t(id,name,ok,x)')\nd.executemany('insert into t values(:id,:name,:ok,:x)', data); d.commit()",
      RECORDS.replace("true", "1").replace("false", "0"),
    ],
    [
      "avro",
      "fastavro",
      "import fastavro\nfastavro.writer(open('f','wb'), {'type':'record','name':'R','fields':[{'name':'id','type':'long'},{'name':'name','type':'string'},{'name':'ok','type':['null','boolean']},{'name':'x','type':'double'}]}, data, codec='deflate')",
      RECORDS,
    ],
  ];
  for (const [format, module, program, expected] of cases) {
    const skip = hasModule(module) ? false : `python has no ${module}`;
    test(`${format}: python's ${module}`, { skip }, async (context) => {
      const cwd = folderWith(context);
      await python(DATA + program, cwd);
      assert.equal(await readHere([`${join(cwd, "f")}~${format}`]), expected);
    });
  }

  test("avro: avsc, with every kind of type", async (context) => {
    const cwd = folderWith(context);
    const schema = {
      type: "record",
      name: "R",
      fields: [
        { name: "l", type: "long" },
        { name: "d", type: { type: "int", logicalType: "date" } },
        { name: "t", type: { type: "long", logicalType: "timestamp-micros" } },
        { name: "m", type: { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 } },
        { name: "e", type: { type: "enum", name: "E", symbols: ["A", "B"] } },
        { name: "u", type: ["null", "string", { type: "map", values: "float" }] },
        { name: "f", type: { type: "fixed", name: "F", size: 2 } },
        { name: "kids", type: { type: "array", items: "R" } },
      ],
    };
    const type = avro.Type.forSchema(schema as avro.Schema);
    const leaf = {
      l: 2 ** 52,
      d: 1,
      t: 1,
      m: Buffer.from([0xff, 0x85]),
      e: "B",
      u: { k: 0.5 },
      f: Buffer.from("ab"),
      kids: [],
    };
    for (const codec of ["null", "deflate"] as const) {
      const path = join(cwd, `${codec}.avro`);
      const syncMarker = Buffer.alloc(16, 7);
      const encoder = new avro.streams.BlockEncoder(type, { codec, syncMarker, writeHeader: false });
      // The header with the schema as it stands: avsc leaves out of it what it does not know.
      const meta = { "avro.schema": Buffer.from(JSON.stringify(schema)), "avro.codec": Buffer.from(codec) };
      const metaBytes = avro.Type.forSchema({ type: "map", values: "bytes" }).toBuffer(meta);
      const chunks: Buffer[] = [Buffer.from("Obj\u0001"), metaBytes, syncMarker];
      encoder.on("data", (chunk: Buffer) => chunks.push(chunk));
      for (let index = 0; index < 3; index++)
        encoder.write({ ...leaf, l: -index, u: index === 1 ? "x" : null, kids: [leaf] });
      encoder.end();
      await once(encoder, "end");
      writeFileSync(path, Buffer.concat(chunks));
      const shown = (l: number, u: string, kids: string): string =>
        `{"l":${l},"d":"1970-01-02","t":"1970-01-01T00:00:00.000001Z","m":-1.23,"e":"B","u":${u},"f":"YWI=","kids":[${kids}]}`;
      const kid = shown(2 ** 52, '{"k":0.5}', "");
      assert.equal(
        await readHere([path]),
        `${[shown(0, "null", kid), shown(-1, '"x"', kid), shown(-2, "null", kid)].join("\n")}\n`,
      );
      const whole = readFileSync(path);
      for (let length = 1; length < whole.length; length += IS_HEAVY ? 7 : 41) {
        writeFileSync(join(cwd, "cut.avro"), whole.subarray(0, length));
        await assert.rejects(async () => await readHere([join(cwd, "cut.avro")]), /not Avro: the input ends too early/);
      }
      writeFileSync(join(cwd, "bad.avro"), Buffer.concat([whole.subarray(0, -1), Buffer.from([whole.at(-1)! ^ 1])]));
      await assert.rejects(
        async () => await readHere([join(cwd, "bad.avro")]),
        /block 1: not Avro: the mark at its end is wrong/,
      );
    }
  });

  test(
    "parquet: decimals and fine times keep their digits",
    { skip: hasModule("pyarrow") ? false : "python has no pyarrow" },
    async (context) => {
      const cwd = folderWith(context);
      for (const option of ["True", "False"]) {
        await python(
          `import pyarrow as a, pyarrow.parquet as p
from decimal import Decimal as D
t=a.table({'m':a.array([D('0.3'),None,D('-12345678901234567.8')],a.decimal128(20,1)),'s':a.array([D('1.25'),D('3.00'),None],a.decimal128(5,2)),'t':a.array([1704164645123456,0,None],a.timestamp('us')),'n':a.array([1704164645123456789,-1,None],a.timestamp('ns'))})
p.write_table(t,'f.parquet',store_decimal_as_integer=${option})`,
          cwd,
        );
        assert.equal(
          await readHere([join(cwd, "f.parquet")]),
          `{"m":0.3,"s":1.25,"t":"2024-01-02T03:04:05.123456Z","n":"2024-01-02T03:04:05.123456789Z"}
{"m":null,"s":3.00,"t":"1970-01-01T00:00:00.000000Z","n":"1969-12-31T23:59:59.999999999Z"}
{"m":-12345678901234567.8,"s":null,"t":null,"n":null}
`,
        );
      }
    },
  );
});
