import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { csvReader } from "../src/formats/csv/csv-reader.ts";
import { readHere, writtenHere } from "./support/in-process.ts";
import { failed, folderWith, runJn } from "./support/jn.ts";
import { transcode } from "./support/transcode.ts";

async function cell(value: unknown, address = "-~csv?formulas=escape"): Promise<string> {
  const text = (await writtenHere(`${JSON.stringify({ a: value })}\n`, address)).toString();
  assert.ok(text.startsWith("a\n") && text.endsWith("\n"), text);
  return text.slice(2, -1);
}

describe("csv: what a spreadsheet would run as a formula gets an apostrophe, on demand", () => {
  const cases: readonly (readonly [value: unknown, written: string])[] = [
    ["=1+1", "'=1+1"],
    ["+cmd|' /C calc'!A0", `"'+cmd|' /C calc'!A0"`],
    ["-2+3", "'-2+3"],
    ["@SUM(1)", "'@SUM(1)"],
    ["\t=1", `"'\t=1"`],
    ["\r=1", `"'\r'=1"`],
    ["\n=1", `"'\n'=1"`],
    ["a\n=1\r\n-b\rc", `"a\n'=1\r\n'-b\rc"`],
    ["a\r\n\r\nb", '"a\r\n\r\nb"'],
    ["＝1", "'＝1"],
    ["＋1", "'＋1"],
    ["－1", "'－1"],
    ["＠x", "'＠x"],
    ['="a"', `"'=""a"""`],
    ["x;=1", '"x;=1"'],
    ["x\t=1", '"x\t=1"'],
    ["a=b", "a=b"],
    ["1-2", "1-2"],
    ["é@x", "é@x"],
    ["", '""'],
    // Numbers stay numbers, typed or not.
    [-5, "-5"],
    ["-5", "-5"],
    ["+1.5", "+1.5"],
    ["-.5e-3", "-.5e-3"],
    ["+1 555", "'+1 555"],
    ["-", "'-"],
    [null, ""],
    [["=1"], '"[""=1""]"'],
  ];
  for (const [value, written] of cases) {
    test(JSON.stringify(value), async () => {
      assert.equal(await cell(value), written);
      // Without being asked for it, nothing is changed.
      const kept = (await writtenHere(`${JSON.stringify({ a: value, b: 1 })}\n`, "-~csv")).toString();
      assert.doesNotMatch(kept.replaceAll("' /C calc'", ""), /'/);
    });
  }

  test("names of columns, --union, TSV and other delimiters", async () => {
    const record = '{"=a":"=1","b":"@x;y"}\n';
    for (const [address, text] of [
      ["-~csv?formulas=escape", `'=a,b\n'=1,"'@x;y"\n`],
      ["-~csv?formulas=escape&union", `'=a,b\n'=1,"'@x;y"\n`],
      ["-~csv?formulas=escape&delimiter=pipe", `'=a|b\n'=1|"'@x;y"\n`],
      ["-~tsv?formulas=escape", `'=a\tb\n'=1\t"'@x;y"\n`],
      ["-~csv?formulas=keep", "=a,b\n=1,@x;y\n"],
    ] as const)
      assert.equal((await writtenHere(record, address)).toString(), text, address);
  });

  test("no cell begins with a sign of a formula, on any of its lines; without the apostrophes it is what it was", async () => {
    const part = fc.constantFrom("=", "+", "-", "@", "\t", "\r", "\n", "＝", "a", "1", ",", '"', "é");
    const texts = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 5 }), async (values) => {
        const records = values.map((text) => `${JSON.stringify({ text })}\n`).join("");
        const written = await writtenHere(records, "-~csv?formulas=escape");
        for (const [index, text] of readBack(written).entries()) {
          assert.equal(text.replaceAll("'", ""), values[index]);
          if (/^[-+]?[\d.]+$/.test(text)) continue;
          assert.doesNotMatch(text, /^[=+\-@\t\r＝]|[\r\n][=+\-@＝]/);
        }
      }),
      { numRuns: 150, seed: 5 },
    );
  });

  test("an option, or a value of it, that there is not is an error", async () => {
    failed(
      await runJn(["put", "-~csv?formula=escape"], { input: "" }),
      2,
      /no option 'formula' here; did you mean 'formulas'\?/,
    );
    failed(
      await runJn(["put", "-~csv?formulas=yes"], { input: "" }),
      2,
      /\?formulas= is one of keep, escape, not 'yes'/,
    );
  });
});

test("xlsx: text that begins like a formula is text, for others, too", async (context) => {
  const cwd = folderWith(context);
  const texts = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "＝1", '=HYPERLINK("http://x")'];
  writeFileSync(
    join(cwd, "a.xlsx"),
    await writtenHere(texts.map((a) => `${JSON.stringify({ a })}\n`).join(""), "a.xlsx"),
  );
  assert.deepEqual(
    (await readHere([join(cwd, "a.xlsx")]))
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { a: unknown }).a),
    texts,
  );
  const script =
    "import json, openpyxl\nprint(json.dumps([[c.data_type, c.value] for c in openpyxl.load_workbook('a.xlsx').active['A'][1:]]))";
  const seen = spawnSync("python3", ["-c", script], { cwd, encoding: "utf8" });
  assert.equal(seen.status, 0, seen.stderr);
  assert.deepEqual(
    JSON.parse(seen.stdout),
    texts.map((text) => ["s", text]),
  );
});

function readBack(csv: Buffer): string[] {
  const make = () => csvReader({ source: "in", infer: false, maxRecordBytes: 1_000_000 });
  const lines = transcode(make, csv).toString().trim().split("\n");
  return lines.map((line) => (JSON.parse(line) as { text: string }).text);
}
