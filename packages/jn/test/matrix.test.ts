import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { CODECS, FORMATS } from "../src/plugins/registry.ts";
import { readHere, writtenHere } from "./support/in-process.ts";
import { described, failed, folderWith, runJn, runShell, succeeded } from "./support/jn.ts";

// Every format, through every codec, from every kind of place: what is written is read back, equal.

const RECORDS = [
  `{"id":1,"name":"Ada","ok":true,"x":1.5,"none":null}`,
  `{"id":2,"name":"B | \\"q\\" <b> & ü","ok":false,"x":-2,"none":null}`,
  `{"id":9007199254740991,"name":"007","ok":true,"x":0,"none":null}`,
  "",
].join("\n");

/** What a format can hold, where that is not everything. */
const HELD: ReadonlyMap<string, string> = new Map([
  // SQLite has no booleans.
  ["sqlite", RECORDS.replaceAll("true", "1").replaceAll("false", "0")],
  ["toml", '{"c":true,"a":{"b":[1,2.5,"x"]}}\n'],
  ["lines", '{"line":1,"text":"ü one"}\n{"line":2,"text":""}\n{"line":3,"text":"three"}\n'],
]);

/** Formats that are only read: a file of it, and its records. */
const READ_ONLY: ReadonlyMap<string, readonly [text: string, records: string]> = new Map([
  [
    "access",
    [
      '::1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 -\n',
      '{"host":"::1","ident":null,"user":null,"time":"2000-10-10T13:55:36+00:00","request":"GET / HTTP/1.1","method":"GET","path":"/","protocol":"HTTP/1.1","status":200,"bytes":null}\n',
    ],
  ],
  [
    "lcov",
    [
      "SF:a.js\nDA:1,2\nend_of_record\n",
      '{"file":"a.js","test":null,"lines_found":1,"lines_hit":1,"functions_found":0,"functions_hit":0,"branches_found":0,"branches_hit":0,"missed_lines":[],"functions":[],"branches":[]}\n',
    ],
  ],
]);

const ENCODINGS = ["none", ...CODECS.map((entry) => entry.name)];
/** Formats whose files are not read from their beginning to their end. */
const WHOLE: ReadonlySet<string> = new Set(["xlsx", "parquet", "sqlite"]);
const IS_HEAVY = process.env["JN_TEST_HEAVY"] === "1";

let served: Buffer = Buffer.alloc(0);
const server = createServer((_request, response) => response.end(served));
let base = "";
before(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

test("every format is in the matrix", () => {
  const formats = FORMATS.map((entry) => entry.name).filter((name) => name !== "table");
  const covered = formats.filter((name) => READ_ONLY.has(name) || recordsOf(name) !== "");
  assert.deepEqual(covered, formats);
});

for (const [index, { name: format }] of FORMATS.entries()) {
  if (format === "table") continue;

  describe(`${format}: written and read back`, { timeout: 240_000 }, () => {
    const own = ENCODINGS[index % ENCODINGS.length]!;
    // The whole matrix is for the heavy run: here every format comes plain and with one codec, and every codec with some formats.
    for (const codec of IS_HEAVY ? ENCODINGS : new Set(["none", own])) {
      test(`${codec}: file, http, standard input`, async (context) => {
        const bytes = await fileOf(format, codec);
        const extension = codec === "none" ? "" : `.${codec}`;
        const cwd = folderWith(context, { [`in.any${extension}`]: bytes });
        const expected = recordsOf(format);
        served = bytes;
        const query = codec === "br" ? "?codec=br" : "";
        assert.equal(await readHere([`${join(cwd, "in.any")}${extension}~${format}`]), expected, "file");
        assert.equal(await readHere([`${base}/in${extension}~${format}`]), expected, "http, by the extension");
        assert.equal(await readHere([`${base}/in~${format}${query}`]), expected, "http, by the bytes");
        // So are processes: every codec has one here, and every format that has to be read as a whole.
        if (!IS_HEAVY && (codec !== own || (index >= ENCODINGS.length && !WHOLE.has(format)))) return;
        const piped = await runShell(`cat in.any${extension} | jn cat '-~${format}${query}'`, { cwd });
        assert.equal(succeeded(piped), expected, described(piped));
        if (IS_HEAVY) {
          const file = await runShell(`jn cat '-~${format}${query}' < in.any${extension}`, { cwd });
          assert.equal(succeeded(file), expected, described(file));
        }
        if (READ_ONLY.has(format)) return;
        const put = await runJn(["put", `out${extension}~${format}`], { cwd, input: expected });
        assert.equal(succeeded(put), "", described(put));
        assert.equal(await readHere([`${join(cwd, "out")}${extension}~${format}`]), expected, "put");
      });
    }

    test("no records are no error, and are read as none", async (context) => {
      if (READ_ONLY.has(format)) {
        assert.equal(await readHere([`${join(folderWith(context, { in: "" }), "in")}~${format}`]), "");
        return;
      }
      const cwd = folderWith(context, { out: "as it was" });
      if (format === "parquet" || format === "sqlite") {
        await assert.rejects(writtenHere("", `-~${format}`), /needs a column/);
        if (format === "sqlite" && !IS_HEAVY) return;
        failed(await runJn(["put", `out~${format}`], { cwd }), 3, /needs a column/);
        assert.equal(readFileSync(join(cwd, "out"), "utf8"), "as it was");
        return;
      }
      writeFileSync(join(cwd, "out"), await writtenHere("", `out~${format}`));
      // A table without a row, and a TOML file without a key, are still there.
      const expected = format === "toml" ? "{}\n" : "";
      assert.equal(await readHere([`${join(cwd, "out")}~${format}`]), expected);
    });
  });
}

function recordsOf(format: string): string {
  return READ_ONLY.get(format)?.[1] ?? HELD.get(format) ?? RECORDS;
}

async function fileOf(format: string, codec: string): Promise<Buffer> {
  const fixed = READ_ONLY.get(format);
  if (fixed === undefined) return await writtenHere(recordsOf(format), `-~${format}?codec=${codec}`);
  const texts = fixed[0].split("\n").filter((line) => line !== "");
  const records = texts.map((text) => `${JSON.stringify({ text })}\n`).join("");
  return await writtenHere(records, `-~lines?codec=${codec}`);
}
