import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { CODECS } from "../src/plugins/registry.ts";
import { readHere, writtenHere } from "./support/in-process.ts";
import { failed, folderWith, runJn, succeeded } from "./support/jn.ts";
import { refusedSmall } from "./support/refused.ts";

// What breaks readers: each of it for every format, or every codec, that it may come with.

/** A record's text in each text format, around a value. */
const ONE: ReadonlyMap<string, (value: string) => string> = new Map([
  ["csv", (value: string) => `a,b\n${value},1\n`],
  ["tsv", (value: string) => `a\tb\n${value}\t1\n`],
  ["ndjson", (value: string) => `{"a":"${value}","b":1}\n`],
  ["json", (value: string) => `[{"a":"${value}","b":1}]`],
  ["yaml", (value: string) => `a: ${value}\nb: 1\n`],
  ["toml", (value: string) => `a = "${value}"\nb = 1\n`],
  ["xml", (value: string) => `<r><i><a>${value}</a><b>1</b></i></r>`],
  ["html", (value: string) => `<table><tr><th>a<th>b<tr><td>${value}<td>1</table>`],
  ["markdown", (value: string) => `|a|b|\n|-|-|\n|${value}|1|\n`],
  ["logfmt", (value: string) => `a=${value} b=1\n`],
]);
const LINES: ReadonlyMap<string, (value: string) => string> = new Map([
  ["lines", (value: string) => `${value}\n`],
  ["access", (value: string) => `h - - [10/Oct/2000:13:55:36 +0000] "GET /${value} HTTP/1.0" 200 1\n`],
  ["lcov", (value: string) => `SF:${value}\nend_of_record\n`],
]);
const TEXT_FORMATS = new Map([...ONE, ...LINES]);
const BINARY_FORMATS = ["xlsx", "parquet", "sqlite", "avro"];

describe("a byte order mark is dropped at the very beginning", () => {
  for (const [format, record] of TEXT_FORMATS) {
    test(format, async (context) => {
      const cwd = folderWith(context, {
        plain: record("x"),
        marked: `\ufeff${record("x")}`,
        inside: record("x\ufeff"),
      });
      const plain = await readHere([`${join(cwd, "plain")}~${format}`]);
      assert.equal(await readHere([`${join(cwd, "marked")}~${format}`]), plain);
      assert.match(await readHere([`${join(cwd, "inside")}~${format}`]), /x\ufeff/);
    });
  }
});

describe("bytes that are no UTF-8 are an error, and ?encoding= is the way out", () => {
  for (const [format, record] of TEXT_FORMATS) {
    test(format, async (context) => {
      const cwd = folderWith(context, { bad: Buffer.from(record("\u00e9"), "latin1") });
      const path = `${join(cwd, "bad")}~${format}`;
      await assert.rejects(async () => await readHere([path]), {
        code: "BAD_DATA",
        message: /invalid UTF-8.*encoding/,
      });
      assert.match(await readHere([`${path}?encoding=latin1`]), /é/);
    });
  }
});

// With the whole file for a header there would be no record, and no error either.
describe("a file of a binary format that is called CSV is an error, which names the format", () => {
  for (const format of BINARY_FORMATS) {
    test(format, async (context) => {
      const cwd = folderWith(context, { "x.csv": await writtenHere('{"a":1}\n', `-~${format}`) });
      await assert.rejects(async () => await readHere([join(cwd, "x.csv")]), {
        code: "BAD_DATA",
        message: new RegExp(`no CSV but begins like ${format}; read it as ~${format}`),
      });
    });
  }
});

describe("a record longer than the bound is an error, whatever it is in", () => {
  for (const [format, record] of TEXT_FORMATS) {
    test(format, async (context) => {
      const cwd = folderWith(context, { long: record("x".repeat(300_000)), short: record("x".repeat(500)) });
      await assert.rejects(async () => await readHere([`${join(cwd, "long")}~${format}`], { maxRecordBytes: 1000 }), {
        code: "RECORD_TOO_LONG",
      });
      assert.match(await readHere([`${join(cwd, "short")}~${format}`], { maxRecordBytes: 1000 }), /xxx/);
    });
  }

  for (const format of BINARY_FORMATS) {
    test(format, async (context) => {
      const cwd = folderWith(context);
      for (const [name, length] of [
        ["long", 300_000],
        ["short", 500],
      ] as const) {
        const records = `{"a":"y","b":1}\n{"a":"${"x".repeat(length)}","b":1}\n`;
        writeFileSync(join(cwd, name), await writtenHere(records, `-~${format}`));
      }
      await assert.rejects(async () => await readHere([`${join(cwd, "long")}~${format}`], { maxRecordBytes: 50_000 }), {
        code: "RECORD_TOO_LONG",
      });
      assert.match(await readHere([`${join(cwd, "short")}~${format}`], { maxRecordBytes: 50_000 }), /xxx/);
    });
  }

  test("sqlite: before there is memory for it, also by a query", { timeout: 120_000 }, async (context) => {
    const cwd = folderWith(context);
    const made = spawnSync("sqlite3", ["f.db", "create table t(a,b); insert into t values(1,zeroblob(300000000))"], {
      cwd,
    });
    assert.equal(made.status, 0, String(made.stderr));
    for (const address of ["f.db", "f.db?query=select b, a from t where a > 0"])
      await refusedSmall(cwd, ["cat", address], /f\.db: a row: longer than 268435456 bytes; raise --max-record-bytes/);
    assert.equal(await readHere([`${join(cwd, "f.db")}?query=select a from t`]), '{"a":1}\n');
  });

  test("a bound of nothing is refused", async () => {
    failed(
      await runJn(["cat", "--max-record-bytes", "0"], { input: "1\n" }),
      2,
      /--max-record-bytes must be 1 or more/,
    );
  });
});

test("keys that collide in hashes without a seed are keys like any other", { timeout: 120_000 }, async (context) => {
  // "Aa" and "BB" have one hash where that is a polynomial of 31, as in Java, and so has whatever is made of them.
  const keys = Array.from({ length: 2 ** 16 }, (_, index) =>
    Array.from({ length: 16 }, (_, bit) => ((index >> bit) & 1 ? "Aa" : "BB")).join(""),
  );
  const records = keys.map((key) => `{"key":"${key}"}\n`).join("");
  const cwd = folderWith(context, { "keys.ndjson": records });
  for (const JN_BACKEND of ["node", "auto"]) {
    const env = { ...process.env, JN_BACKEND };
    const groups = succeeded(
      await runJn(["group", "--by", "key", "--agg", "n: count", "keys.ndjson"], { cwd, env, input: "" }),
    );
    assert.equal(groups, keys.map((key) => `{"key":"${key}","n":1}\n`).join(""));
    const joined = succeeded(await runJn(["join", "keys.ndjson", "--on", "key"], { cwd, env, input: records }));
    assert.equal(joined.split("\n").length, keys.length + 1);
  }
});

describe("keys that objects have anyway are columns like any other", () => {
  const KEYS = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];
  const RECORDS = `{${KEYS.map((key, index) => `"${key}":${index}`).join(",")}}\n`.repeat(2);
  for (const format of [...ONE.keys(), ...BINARY_FORMATS]) {
    test(format, async (context) => {
      const cwd = folderWith(context);
      const records = format === "toml" ? RECORDS.slice(0, RECORDS.length / 2) : RECORDS;
      writeFileSync(join(cwd, "f"), await writtenHere(records, `-~${format}`));
      const read = readHere([`${join(cwd, "f")}~${format}`]);
      if (format === "parquet") await assert.rejects(read, /a column is called __proto__, which is not read/);
      else assert.equal(await read, records);
    });
  }
});

describe("text of any kind comes back as it was", () => {
  const TEXTS = [
    "a\u0000b",
    "\u0007\u001b[31m",
    "a\r\nb\tc",
    "  padded  ",
    "007",
    "true",
    "null",
    "1e3",
    "=1+1",
    "'",
    '"',
    "\\",
    "<b>&amp;",
    "日本 😀 \u202e",
    "-",
    "- a: b",
    "#x",
    "{}",
  ];
  const RECORDS = TEXTS.map((text) => `${JSON.stringify({ id: 1, text })}\n`).join("");
  for (const format of ["ndjson", "json", "yaml", "sqlite", "parquet", "avro"]) {
    test(format, async (context) => {
      const cwd = folderWith(context);
      if (format === "sqlite") {
        await assert.rejects(writtenHere(RECORDS, "-~sqlite"), /:1: the record has text with a NUL inside/);
        await sqliteNul(cwd);
        return;
      }
      writeFileSync(join(cwd, "f"), await writtenHere(RECORDS, `-~${format}`));
      const read = await readHere([`${join(cwd, "f")}~${format}`]);
      assert.deepEqual(
        read
          .trim()
          .split("\n")
          .map((line) => (JSON.parse(line) as { text: unknown }).text),
        TEXTS,
      );
    });
  }
});

/** A database that somebody else made with such text. */
async function sqliteNul(cwd: string): Promise<void> {
  const made = spawnSync("sqlite3", ["f.db", "create table t(a,b); insert into t values('x'||char(0)||'y', x'0000')"], {
    cwd,
  });
  assert.equal(made.status, 0, String(made.stderr));
  await assert.rejects(
    readHere([join(cwd, "f.db")]),
    /it has text with a NUL inside, which cannot be read; select hex/,
  );
  assert.equal(
    await readHere([`${join(cwd, "f.db")}?query=select hex(a) as a, b from t;`]),
    '{"a":"780079","b":"AAA="}\n',
  );
}

describe("nesting has a bound, and no crash beyond it", () => {
  const DEEP = 50_000;
  for (const [format, text] of [
    ["json", "[".repeat(DEEP)],
    ["ndjson", `${"[".repeat(DEEP)}\n`],
    ["yaml", "[".repeat(DEEP)],
    ["yaml", `${Array.from({ length: 3000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")} 1\n`],
    ["toml", `a = ${"[".repeat(DEEP)}`],
    ["xml", "<a>".repeat(DEEP)],
    ["html", `<table><tr><td>${"<table>".repeat(DEEP)}`],
  ] as const) {
    test(`${format}: ${text.slice(0, 5)}`, { timeout: 120_000 }, async (context) => {
      const path = join(folderWith(context, { deep: text }), "deep");
      let output;
      try {
        output = await readHere([`${path}~${format}`], { maxRecordBytes: 100_000_000 });
      } catch (error) {
        // A bound of ours or the library's: an error that names the source.
        assert.match(String((error as { code?: unknown }).code), /BAD_DATA|RECORD_TOO_LONG/, String(error));
        assert.match(String(error), /deep/);
        return;
      }
      // Where it is just text, or accepted, nothing is lost.
      assert.doesNotMatch(output, /undefined/);
    });
  }
});

describe("an expansion bomb stops at the stated ratio", { timeout: 120_000 }, () => {
  const BOMB = '{"x":1}\n'.repeat(1_350_000);
  for (const { name } of CODECS) {
    test(name, async (context) => {
      const bytes = await writtenHere(BOMB, `-~ndjson?codec=${name}`);
      const path = join(folderWith(context, { [`b.ndjson.${name}`]: bytes }), `b.ndjson.${name}`);
      // lz4 packs no tighter than 255 to 1; all of them reach a hundredfold here.
      assert.ok(bytes.length * 100 < BOMB.length, `${bytes.length} bytes`);
      await assert.rejects(async () => await readHere([path]), {
        code: "BAD_DATA",
        message: /compressed bytes have become more than 100 times as many/,
      });
    });
  }
});
